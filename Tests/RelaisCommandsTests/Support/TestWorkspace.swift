import ArgumentParser
import Foundation
import Records
import Synchronization

@testable import RelaisCommands

/// A workspace in a folder of its own, and commands run in it without a process.
final class TestWorkspace: Sendable {
    /// What one command said.
    struct Answer {
        let status: ExitStatus
        let lines: [String]
        let complaints: [String]

        var text: String { self.lines.joined(separator: "\n") }

        /// The one JSON document.
        func json() throws -> JSON { try JSON(parsing: Array(self.text.utf8)) }
    }

    /// The folder.
    let root: URL
    let environment: [String: String]

    /// Makes a folder; `isFilled` puts in what `relais init` writes.
    init(isFilled: Bool = true, environment: [String: String] = [:]) async throws {
        self.root = FileManager.default.temporaryDirectory.appending(path: "relais-\(UUID().uuidString)")
        self.environment = environment
        try FileManager.default.createDirectory(at: self.root, withIntermediateDirectories: true)
        if isFilled { try await self.run("init") }
    }

    deinit { try? FileManager.default.removeItem(at: self.root) }

    /// Runs a command line in the workspace; throws what the argument parser throws.
    @discardableResult
    func run(_ arguments: String...) async throws -> Answer { try await self.run(arguments) }

    /// Runs a command line in the workspace; throws what the argument parser throws.
    @discardableResult
    func run(_ arguments: [String]) async throws -> Answer {
        let (lines, complaints) = (Lines(), Lines())
        let output = Output(
            isJSON: arguments.contains("--json"),
            write: { lines.add($0) },
            complain: { complaints.add($0) }
        )
        let command = try RelaisCommand.parseAsRoot(arguments + ["--workspace", self.root.path])
        var status = ExitStatus.done
        do {
            switch command {
            case let command as any SetupSubcommand:
                status = try await command.run(to: output, environment: self.environment)
            case let command as any RelaisSubcommand:
                let context = try command.options.context(output: output, environment: self.environment)
                status = try await command.run(in: context)
            default:
                throw CommandError(.failed, "\(type(of: command)) is no command that can be run here")
            }
        } catch {
            status = Failure.report(error, to: output)
        }
        return Answer(status: status, lines: lines.all, complaints: complaints.all)
    }

    /// The text of a file.
    func text(_ file: String) throws -> String {
        try String(contentsOf: self.root.appending(path: file), encoding: .utf8)
    }

    /// Replaces the first occurrence of a text in a file.
    func edit(_ file: String, _ old: String, _ new: String) throws {
        let text = try self.text(file)
        guard let range = text.range(of: old) else { throw CommandError(.failed, "\(file) does not contain \(old)") }
        try self.write(file, text.replacingCharacters(in: range, with: new))
    }

    /// Writes a file, and makes its folder.
    func write(_ file: String, _ text: String) throws {
        let url = self.root.appending(path: file)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try text.write(to: url, atomically: true, encoding: .utf8)
    }

    /// Where a text begins in a file: its line and column, from 1.
    func place(of text: String, in file: String) throws -> String {
        for (number, line) in try self.text(file).split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        {
            guard let range = line.range(of: text) else { continue }
            return "\(file):\(number + 1):\(line.distance(from: line.startIndex, to: range.lowerBound) + 1)"
        }
        throw CommandError(.failed, "\(file) does not contain \(text)")
    }
}

/// Lines that a command wrote.
private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { self.lines.withLock { $0 } }

    func add(_ line: String) { self.lines.withLock { $0.append(line) } }
}
