import Foundation
import Mapping
import Records
import Testing

/// Runs every example of `docs/mapping.md`.
@Suite struct MappingDocumentTests {
    /// A block of the page: a field, its class, and values one way or the other.
    private struct Block {
        let property: String
        let via: String
        let lensClass: String
        let lines: [String]
    }

    private static func page() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try String(contentsOf: root.appending(path: "docs/mapping.md"), encoding: .utf8)
    }

    private static func blocks(_ kind: String) throws -> [[String]] {
        var (blocks, block) = ([[String]](), [String]?.none)
        for line in try Self.page().split(separator: "\n", omittingEmptySubsequences: false) {
            if let lines = block, line.hasPrefix("```") {
                blocks.append(lines)
                block = nil
            } else if line == "```" + kind {
                block = []
            } else {
                block?.append(String(line))
            }
        }
        return blocks
    }

    private static func transforms() throws -> [Block] {
        try self.blocks("transform").map { lines in
            let head = try #require(lines.first)
            let colon = try #require(head.firstIndex(of: ":"))
            let mark = try #require(head.range(of: " # ", options: .backwards))
            return Block(
                property: String(head[..<colon]),
                via: String(head[head.index(colon, offsetBy: 2)..<mark.lowerBound]),
                lensClass: String(head[mark.upperBound...]),
                lines: Array(lines.dropFirst())
            )
        }
    }

    private static func check(_ text: String) throws -> MappingCheck {
        var compiler = MappingCompiler(schema: try ShippedFiles.schema(), variables: ["hubspot": "hubspot"])
        let segments = "Config/segments.yaml"
        var files = [segments: try Self.blocks("yaml \(segments)").map { $0.joined(separator: "\n") + "\n" }.joined()]
        files["Mappings/cities.csv"] = "local,remote\nParis,75\n"
        let person = "Mappings/fields/person.yaml"
        files[person] = try Self.blocks("yaml include=\(person)").map { $0.joined(separator: "\n") + "\n" }.joined()
        compiler.readFile = { [files] path in files[path].map { Array($0.utf8) } }
        return compiler.compile([MappingFile(path: "page.yaml", bytes: Array(text.utf8))])
    }

    private static func lens(_ block: Block) throws -> any Lens {
        let object = block.property == "amount" ? "deal" : "contact"
        let direction = block.lensClass == "view" ? ", direction: pull" : ""
        let check = try Self.check(
            """
            mapping: a
            connection: crm
            object: { local: \(object), remote: things }
            match: []
            fields: [ { local: \(block.property), remote: it, via: \(block.via)\(direction) } ]

            """
        )
        #expect(check.diagnostics.map(\.description) == [], "\(block.via)")
        return try #require(check.mappings.first?.fields.first?.lens, "\(block.via)")
    }

    /// A value as the page writes it.
    private static func value(_ text: String) throws -> Value {
        func unquoted(_ text: some StringProtocol) -> Text { Text(String(text.dropFirst().dropLast())) }
        if text.hasPrefix("\"") { return .text(unquoted(text)) }
        if text.hasPrefix("[") {
            return .set(of: unquoted(text).string.components(separatedBy: ", ").map { unquoted($0) })
        }
        if text == "true" || text == "false" { return .flag(text == "true") }
        if let number = Number(text) { return .number(number) }
        if let date = CalendarDate(text) { return .date(date) }
        return .instant(try #require(Instant(text), "\(text)"))
    }

    private static func fits(_ result: LensResult, _ expected: String) throws -> Bool {
        switch (result, expected) {
        case (.unmapped, "unmapped"), (.unlinked, "unlinked"): true
        case (.value(let value), _): try value == Self.value(expected)
        default: false
        }
    }

    @Test func everyExampleGivesWhatThePageSays() throws {
        let blocks = try Self.transforms()
        #expect(blocks.count >= 30)
        for block in blocks {
            let lens = try Self.lens(block)
            #expect(lens.lensClass.rawValue == block.lensClass, "\(block.via)")
            #expect(!block.lines.isEmpty, "\(block.via)")
            for line in block.lines {
                if let arrow = line.range(of: " → ") {
                    let remote = try Self.value(String(line[..<arrow.lowerBound]))
                    let result = lens.toLocal(remote, previous: .absent, in: SampleContext())
                    #expect(try Self.fits(result, String(line[arrow.upperBound...])), "\(line): \(result)")
                } else {
                    let arrow = try #require(line.range(of: " ← "), "\(line)")
                    let sides = String(line[arrow.upperBound...]).components(separatedBy: " over ")
                    let previous = sides.count > 1 ? try Self.value(sides[1]) : .absent
                    let result = lens.toRemote(try Self.value(sides[0]), previous: previous, in: SampleContext())
                    #expect(try Self.fits(result, String(line[..<arrow.lowerBound])), "\(line): \(result)")
                }
            }
        }
    }

    @Test func everyTransformHasAnExample() throws {
        let vias = try Self.transforms().map(\.via)
        for name in MappingLanguage.transforms {
            #expect(
                vias.contains { $0.hasPrefix("[\(name)]") || $0.hasPrefix("[ { \(name): ") },
                "\(name) has no example"
            )
        }
    }

    @Test func everyKeyIsExplained() throws {
        let page = try Self.page()
        let ofEntries =
            MappingLanguage.fieldKeys + MappingLanguage.associationKeys + MappingLanguage.consentKeys
            + MappingLanguage.rollUpKeys + MappingLanguage.listKeys + MappingLanguage.activityKeys
        for key in MappingLanguage.fileKeys + ofEntries {
            #expect(page.contains("`\(key)`"), "\(key)")
        }
    }

    @Test func theFileOfThePagePasses() throws {
        for block in try Self.blocks("yaml") {
            #expect(try Self.check(block.joined(separator: "\n") + "\n").diagnostics.map(\.description) == [])
        }
    }
}
