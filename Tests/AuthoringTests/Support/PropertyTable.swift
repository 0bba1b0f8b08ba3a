import Authoring
import Foundation
import Mapping
import Records

/// A table of `Tests/properties`: what a CRM calls its properties, and their right partners.
struct PropertyTable {
    /// One line.
    struct Row {
        let field: RemoteField
        /// The right partner; nil where there is none.
        let partner: String?
        /// Whether the partner may be proposed or left alone.
        let isFree: Bool
        /// The properties that share it as its parts, besides.
        let parts: [String]
    }

    /// One proposal, as it matters here.
    struct Proposal {
        let isAssociation: Bool
        let local: String
        let remote: String
        let confidence: String
        let reason: String
    }

    /// What became of the table's lines in a proposal.
    struct Score {
        /// Properties of ours that have a partner, and those for which the right one is proposed.
        var partners = 0
        var found = 0
        /// All lines, and those with the right answer, "none" included.
        var lines = 0
        var right = 0
        /// Those that are proposed as certain, but wrong.
        var wrongButCertain: [String] = []
        /// What is not right.
        var misses: [String] = []
        /// The right ones by how sure the proposal is.
        var sure: [String: Int] = [:]

        var foundPercent: Int { 100 * self.found / max(1, self.partners) }
        var rightPercent: Int { 100 * self.right / max(1, self.lines) }
    }

    let rows: [Row]
    /// The ties to other objects.
    let ties: [(remoteObject: String, partner: String)]

    init(_ name: String) throws {
        let text = try String(decoding: Repository.bytes("Tests/properties/\(name).txt"), as: UTF8.self)
        var rows: [Row] = []
        var ties: [(String, String)] = []
        for line in text.split(separator: "\n") {
            let cells = line.split(separator: "|", omittingEmptySubsequences: false)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            if cells[0].hasPrefix("@") {
                ties.append((String(cells[0].dropFirst()), cells[4]))
            } else {
                rows.append(Self.row(cells))
            }
        }
        self.rows = rows
        self.ties = ties
    }

    private static func row(_ cells: [String]) -> Row {
        let isReadOnly = cells[3] == "r" || cells[3].hasPrefix("r ")
        let options = (isReadOnly ? String(cells[3].dropFirst()) : cells[3]).split(separator: ",")
            .map { Text($0.trimmingCharacters(in: .whitespaces)) }
        let names = cells[4].split(separator: "+").map { $0.trimmingCharacters(in: .whitespaces) }
        let isFree = names[0].hasSuffix("?")
        let partner = isFree ? String(names[0].dropLast()) : names[0]
        return Row(
            field: RemoteField(
                name: cells[0],
                label: cells[1],
                type: cells[2],
                options: options,
                isReadOnly: isReadOnly,
                isCoded: cells[2] == "many2one" && partner == "currency"
            ),
            partner: partner == "-" ? nil : partner,
            isFree: isFree,
            parts: Array(names.dropFirst())
        )
    }

    /// What is proposed for an object of the shipped schema.
    func proposals(for object: String) throws -> [Proposal] {
        try self.suggester(for: object).suggestions().map { Proposal($0) }
    }

    /// The suggester over the table.
    func suggester(for object: String) throws -> Suggester {
        let schema = try SchemaFile.parse(Repository.bytes("Config/schema.yaml"), file: "schema.yaml")
        return Suggester(
            object: schema.object(object) ?? schema.objects[0],
            lifecycle: schema.lifecycle,
            remote: self.rows.map(\.field),
            ties: self.ties.map { RemoteTie(remoteObject: $0.remoteObject, label: nil) }
        )
    }

    /// Holds proposals against the table; `names` are the properties that there are, where it is not all of them.
    func score(_ proposals: [Proposal], of names: Set<String>? = nil) -> Score {
        var score = Score()
        for row in self.rows where names?.contains(row.field.name) ?? true {
            let all = proposals.filter { !$0.isAssociation && $0.remote == row.field.name }
            for part in row.parts {
                let found = all.first { $0.local == part }
                self.judge("\(row.field.name) as \(part)", wanted: part, found, isFree: false, &score)
            }
            let found = all.first { !row.parts.contains($0.local) }
            if row.isFree, found == nil { continue }
            self.judge(row.field.name, wanted: row.partner, found, isFree: row.isFree, &score)
        }
        for tie in self.ties {
            let found = proposals.first { $0.isAssociation && $0.remote == tie.remoteObject }
            self.judge("@" + tie.remoteObject, wanted: tie.partner, found, isFree: false, &score)
        }
        return score
    }

    private func judge(
        _ name: String,
        wanted: String?,
        _ found: Proposal?,
        isFree: Bool,
        _ score: inout Score
    ) {
        score.lines += 1
        if wanted != nil, !isFree { score.partners += 1 }
        if found?.local == wanted {
            score.right += 1
            if wanted != nil, !isFree { score.found += 1 }
            if let found { score.sure[found.confidence, default: 0] += 1 }
            return
        }
        let given = found.map { "\($0.local) (\($0.confidence), \($0.reason))" } ?? "nothing"
        score.misses.append("\(name): \(given) instead of \(wanted ?? "nothing")")
        if let found, found.confidence == "certain" { score.wrongButCertain.append("\(name): \(found.local)") }
    }
}

extension PropertyTable.Proposal {
    init(_ field: SuggestedField) {
        self.isAssociation = field.section == .associations
        self.local = field.local
        self.remote = field.remote
        self.confidence = field.confidence.rawValue
        self.reason = field.reason
    }
}

/// Files of the repository.
enum Repository {
    static func bytes(_ path: String) throws -> [UInt8] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        return try [UInt8](Data(contentsOf: root.appending(path: path)))
    }
}
