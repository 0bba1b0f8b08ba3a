import ArgumentParser
import Foundation
import Mapping
import Records

struct ExpressionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "expression",
        abstract: "Try expressions.",
        subcommands: [ExpressionEval.self]
    )
}

struct ExpressionEval: SetupSubcommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Evaluate the expressions on standard input, one case a line.",
        discussion: """
            A case is a JSON object: {"expr": "x + 1", "bindings": {"x": {"value": {"int": "41"}}}}. It may also have \
            type_env, container, disable_check, disable_macros and check_only, as the conformance cases of \
            google/cel-spec do. Each line is answered at once with {"value": …} or {"error": …}. docs/expressions.md \
            tells more.
            """
    )

    @OptionGroup var options: GlobalOptions

    func run(to output: Output, environment: [String: String]) async throws -> ExitStatus {
        var lines = ExpressionLines()
        let (input, answers) = (FileHandle.standardInput, FileHandle.standardOutput)
        while true {
            // Gives what is there and does not wait for more; nothing is the end.
            let bytes = input.availableData
            guard !bytes.isEmpty else { break }
            let ready = bytes.withUnsafeBytes { lines.feed($0.assumingMemoryBound(to: UInt8.self)) }
            try Self.write(ready, to: answers)
        }
        try Self.write(lines.finish().map { [$0] } ?? [], to: answers)
        return .done
    }

    private static func write(_ answers: [JSON], to handle: FileHandle) throws {
        guard !answers.isEmpty else { return }
        var writer = JSONWriter(capacity: 256 * answers.count)
        for answer in answers {
            writer.value(answer)
            writer.byte(UInt8(ascii: "\n"))
        }
        try handle.write(contentsOf: Data(writer.bytes))
    }
}
