import Connectors
import Mapping
import Records

/// Reads what a CRM knows that files do not: the properties of its objects, and some of its records.
struct LiveSampler {
    /// The most records of an object that are looked at: those of one page.
    static let mostRecords = 200

    let account: any RemoteAccount

    /// What the CRM says about every object that one of the mappings covers, by name.
    func descriptions(of mappings: [CompiledMapping]) async throws -> [String: RemoteObjectDescription] {
        var objects: [String: RemoteObjectDescription] = [:]
        for name in Set(mappings.map(\.remoteObject)).sorted() {
            objects[name] = RemoteObjectDescription(try await self.account.discover(name))
        }
        return objects
    }

    /// What the first records of each object show about its mapping.
    ///
    /// Only properties that the CRM has are asked for, so that a misspelt one does not hide the rest.
    func findings(
        of mappings: [CompiledMapping],
        _ objects: [String: RemoteObjectDescription]
    ) async throws -> [Diagnostic] {
        let users = Users(try await self.account.owners())
        var found: [Diagnostic] = []
        for mapping in mappings {
            let known = mapping.remoteProperties.allSatisfy { objects[mapping.remoteObject]?.property($0) != nil }
            found += try await self.lists(of: mapping)
            guard known else { continue }
            let page = try await self.account.page(
                of: mapping.remoteObject,
                selecting: RemoteSelection(properties: mapping.remoteProperties),
                at: nil
            )
            let live = page.records.filter { !$0.isArchived }.prefix(Self.mostRecords)
            let records = live.map { LiveSample.Record(id: $0.id, values: $0.values) }
            found += LiveSample(mapping, records, in: users).findings()
        }
        return found
    }

    /// Lists that are not there, or that nobody can be put on.
    private func lists(of mapping: CompiledMapping) async throws -> [Diagnostic] {
        var found: [Diagnostic] = []
        for membership in mapping.memberships {
            guard let kind = RemoteListKind(rawValue: membership.kind.rawValue) else { continue }
            let list: RemoteList?
            do {
                let reference: RemoteListReference = membership.isID ? .id(membership.list) : .name(membership.list)
                list = try await self.account.list(kind, of: mapping.remoteObject, reference)
            } catch let failure as RemoteFailure where [.badRequest, .forbidden].contains(failure.code) {
                found.append(
                    Diagnostic(.error, at: membership.location, failure.message, mend: "see what the CRM allows")
                )
                continue
            }
            guard let list else {
                let what = "the CRM has no \(kind.rawValue) \(membership.list.string.debugDescription) of "
                found.append(
                    Diagnostic(
                        .error,
                        at: membership.location,
                        what + mapping.remoteObject,
                        mend: "make it there, or name one that is there"
                    )
                )
                continue
            }
            guard let refusal = list.refusal else { continue }
            found.append(
                Diagnostic(
                    .error,
                    at: membership.location,
                    "nobody can be put on \(membership.list.string.debugDescription): \(refusal)",
                    mend: "name a list that people fill by hand"
                )
            )
        }
        return found
    }

    /// The CRM's users; no record is linked yet.
    private struct Users: LensContext {
        private let owners: [RemoteOwner]

        init(_ owners: [RemoteOwner]) { self.owners = owners.filter(\.isActive) }

        func remoteOwner(email: Text) -> Text? {
            let found = self.owners.filter { $0.email == email }
            return found.count == 1 ? found[0].id : nil
        }

        func ownerEmail(remoteOwner: Text) -> Text? { self.owners.first { $0.id == remoteOwner }?.email }
        func remoteID(of record: RecordID, remoteObject: String) -> Text? { nil }
        func record(remoteID: Text, remoteObject: String) -> RecordID? { nil }
    }
}
