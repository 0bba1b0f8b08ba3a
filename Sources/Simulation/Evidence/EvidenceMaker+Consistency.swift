import FakeCRM
import Mapping
import Records
import Store

/// What must fit together: ties, transforms, and what is stored in several places.
extension EvidenceMaker {
    // MARK: Ties between records

    /// What a sync took away although it does not know the record at the other end.
    mutating func readTies() throws {
        for home in Home.remotes {
            guard let crm = self.crms[home] else { continue }
            let known = Set((self.links[home] ?? []).compactMap { Int64($0.key.remote.string) })
            let ended = try self.endsOfLinks(home)
            let live = Set(ObjectType.allCases.flatMap { crm.ids($0) })
            for change in crm.changes() where change.kind == .association && !change.isPerson && !change.old.isEmpty {
                guard let other = Int64(change.old), !known.contains(other), live.contains(other) else { continue }
                // Whoever lost its link only later was known then.
                let time = self.trueTime(change.time, home) * 1000 - Self.slack
                guard !(ended["\(home)/\(change.property)/\(other)"].map { $0 >= time } ?? false) else { continue }
                let text =
                    "\(home) \(change.type.rawValue) lost its tie to \(change.property) \(other), which we do not know"
                self.evidence.removedTies.append((nil, text))
            }
        }
    }

    /// When a remote record lost its link for the last time, by its description.
    private func endsOfLinks(_ home: Home) throws -> [String: Int64] {
        let rows = try self.journalEntries().filter { $0.kind == .unlink }
        let ends = rows.compactMap { row in row.detail.map { ($0, row.at.microseconds) } }
        return Dictionary(ends.filter { $0.0.hasPrefix("\(home)/") }, uniquingKeysWith: max)
    }

    // MARK: Transforms

    /// Holds each transform to its laws on the values that the two sides came to (S18).
    mutating func checkLenses(
        _ mapping: CompiledMapping,
        _ record: StoredRecord,
        _ link: Link,
        _ subject: Int,
        _ home: Home
    ) throws {
        let shadow = try link.remoteShadow()
        let context = WorldContext()
        for (place, field) in mapping.fields.enumerated() where field.kind == .property && field.expression == nil {
            guard let name = field.local, place < shadow.count, let remote = shadow[place] else { continue }
            let local = record[name]
            guard case .value(let there) = field.lens.toRemote(local, previous: remote, in: context),
                case .value(let here) = field.lens.toLocal(there, previous: local, in: context)
            else { continue }
            if here != local && !(here.isBlank && local.isBlank) {
                let text =
                    "\(name) (\(home)): \(Canon.text(local)) becomes \(Canon.text(there)) becomes \(Canon.text(here))"
                self.evidence.lensBreaks.append((subject, text))
            }
        }
    }

    // MARK: What is stored twice

    /// Each record holds what the journal tells of it, and is found by what it holds (S11).
    mutating func readContradictions() throws {
        for (id, entry) in self.records.sorted(by: { $0.key < $1.key }) {
            var told: [String: Value] = [:]
            for row in try self.history(of: id) where row.kind.changesRecord {
                for change in row.changes { told[change.property] = change.new }
            }
            for property in entry.record.schema.properties {
                guard let last = told[property.name], !Self.isEqual(last, entry.record[property.name]) else { continue }
                let held = Canon.text(entry.record[property.name])
                let text = "\(property.name) is \"\(held)\", and the journal says \"\(Canon.text(last))\""
                self.evidence.contradictions.append((entry.subject, text))
            }
        }
        for line in try self.transaction.integrityProblems() { self.evidence.contradictions.append((nil, line)) }
    }

    private static func isEqual(_ one: Value, _ other: Value) -> Bool {
        one == other || one.isBlank && other.isBlank
    }
}

/// The CRM's users, and no links.
private struct WorldContext: LensContext {
    func remoteOwner(email: Text) -> Text? {
        (0..<3).first { email == Text("seller\($0)@sim.example") }.map { Text(String(76_000_001 + $0)) }
    }

    func ownerEmail(remoteOwner: Text) -> Text? {
        (0..<3).first { remoteOwner == Text(String(76_000_001 + $0)) }.map { Text("seller\($0)@sim.example") }
    }

    func remoteID(of record: RecordID, remoteObject: String) -> Text? { nil }

    func record(remoteID: Text, remoteObject: String) -> RecordID? { nil }
}
