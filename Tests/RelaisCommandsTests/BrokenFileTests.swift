import Foundation
import Mapping
import Records
import Testing

@testable import RelaisCommands

/// A corpus of broken files: each is told at its place, with a mend that mends it.
@Suite struct BrokenFileTests {
    /// One broken file; `Tests/BrokenFiles/mappings.yaml` says what its parts mean.
    struct Case: Sendable, CustomTestStringConvertible {
        let place: String
        let file: String
        let from: String
        let to: String
        let at: String
        let says: String
        let mend: String
        let apply: [String]
        /// Findings beside the expected one that cannot be avoided: they follow from the same mistake.
        let also: Int

        var testDescription: String { "\(self.place) \(self.says)" }

        init(_ node: YAMLNode) {
            func text(_ key: String) -> String { node[key]?.scalar?.text ?? "" }
            self.place = "\(node.location.file):\(node.location.line)"
            self.file = text("file")
            self.from = text("from")
            self.to = text("to")
            self.at = text("at")
            self.says = text("says")
            self.mend = text("mend")
            self.also = Int(text("also")) ?? 0
            self.apply = (node["apply"]?.elements ?? []).compactMap { $0.scalar?.text }
        }

        /// What the mend replaces, and by what: "did you mean X?" as it stands, any other as the corpus has it.
        func mending(_ found: String) -> (old: String, new: String)? {
            if self.apply.count == 2 { return (self.apply[0], self.apply[1]) }
            let prefix = "did you mean "
            guard found.hasPrefix(prefix), found.hasSuffix("?") else { return nil }
            return (
                self.to,
                self.to.replacing(
                    self.at,
                    with: found.dropFirst(prefix.count).dropLast().filter { $0 != "'" },
                    maxReplacements: 1
                )
            )
        }
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "BrokenFiles")

    static let cases: [Case] = ["mappings.yaml", "others.yaml", "files.yaml"].flatMap { name -> [Case] in
        guard let data = try? Data(contentsOf: Self.folder.appending(path: name)),
            let root = try? YAMLDocument.parse([UInt8](data), file: name)
        else { return [] }
        return (root.elements ?? []).map { Case($0) }
    }

    @Test func thereAreAtLeastEighty() { #expect(Self.cases.count >= 80) }

    /// Where a text begins, as `line:column`, counted as editors do.
    private static func location(of range: Range<String.Index>, in text: String) -> String {
        let before = text[..<range.lowerBound]
        let line = before.split(separator: "\n", omittingEmptySubsequences: false)
        return "\(line.count):\((line.last?.unicodeScalars.count ?? 0) + 1)"
    }

    @Test(arguments: cases) func isToldAtItsPlaceAndMended(_ broken: Case) async throws {
        let workspace = try await TestWorkspace()
        try workspace.edit(broken.file, broken.from, broken.to)
        let text = try workspace.text(broken.file)
        let check = try await workspace.run("check", "--json")
        #expect(check.status == .data)
        let errors = (try check.json()["problems"]?.array ?? []).filter { $0["severity"]?.string == "error" }
        let told = errors.map { problem in
            let place = "\(problem["line"]?.int ?? 0):\(problem["column"]?.int ?? 0)"
            return
                "\(problem["file"]?.string ?? "") \(place) \(problem["message"]?.string ?? ""): \(problem["mend"]?.string ?? "")"
        }
        #expect(errors.count == 1 + broken.also, "\(told)")
        let problem = try #require(errors.first { $0["message"]?.string?.contains(broken.says) ?? false }, "\(told)")
        #expect(problem["file"]?.string == broken.file, "\(told)")
        if !broken.at.isEmpty {
            let change = try #require(text.range(of: broken.to.isEmpty ? broken.at : broken.to))
            let mark = try #require(text.range(of: broken.at, range: change.lowerBound..<text.endIndex))
            let expected = Self.location(of: mark, in: text)
            #expect("\(problem["line"]?.int ?? 0):\(problem["column"]?.int ?? 0)" == expected, "\(told)")
        }
        let mend = problem["mend"]?.string ?? ""
        #expect(mend.hasPrefix(broken.mend) && !mend.isEmpty, "\(told)")
        let (old, new) = try #require(broken.mending(mend), "\(mend)")
        try workspace.edit(broken.file, old, new)
        let mended = try await workspace.run("check")
        #expect(mended.status == .done, "\(mended.text)")
    }

    /// Files that are meant to hurt, and the one thing that is said of each.
    private static let spoiled: [(name: String, bytes: @Sendable () -> [UInt8], says: String)] = [
        ("ten megabytes", { [UInt8](repeating: UInt8(ascii: "#"), count: 10 << 20) }, "more than"),
        ("UTF-16", { [0xFF, 0xFE] + "mapping: x".utf8.flatMap { [$0, 0] } }, "the file is UTF-16"),
        ("Latin-1", { Array("mapping: caf".utf8) + [0xE9, 0x0A] }, "the file is not UTF-8"),
        ("a zero byte", { Array("mapping: x".utf8) + [0, 0x0A] }, "the file contains a zero byte"),
        ("nothing", { [] }, "the file is empty"),
        ("ten thousand brackets", { Array(("x: " + String(repeating: "[", count: 10_000)).utf8) }, "nested more than"),
        (
            "a billion laughs",
            {
                let lines = (1...9).map { number in
                    "a\(number): &a\(number) [\(Array(repeating: number == 1 ? "lol" : "*a\(number - 1)", count: 9).joined(separator: ","))]"
                }
                return Array(lines.joined(separator: "\n").utf8)
            }, "anchors and aliases are not supported"
        ),
        ("half a million values", { Array(String(repeating: "- 1\n", count: 500_000).utf8) }, "more than"),
    ]

    @Test(arguments: spoiled.indices) func aSpoiledFileIsOneClearError(_ index: Int) async throws {
        let (name, bytes, says) = Self.spoiled[index]
        let workspace = try await TestWorkspace()
        let file = workspace.root.appending(path: "Mappings/hubspot/task.yaml")
        try Data(bytes()).write(to: file)
        let check = try await workspace.run("check", "--json")
        let errors = (try check.json()["problems"]?.array ?? []).filter { $0["severity"]?.string == "error" }
        #expect(check.status == .data && errors.count == 1, "\(name): \(errors.map(\.text))")
        let problem = try #require(errors.first)
        #expect(problem["message"]?.string?.contains(says) ?? false, "\(name): \(problem.text)")
        #expect(problem["file"]?.string == "Mappings/hubspot/task.yaml" && problem["mend"]?.string?.isEmpty == false)
    }
}
