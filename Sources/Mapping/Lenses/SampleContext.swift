package import Records

/// A small world of owners and links for law checks.
package struct SampleContext: LensContext {
    /// Owners, by id and e-mail address; `o4` shares the address of `o3`, so that neither is found by it.
    package static let owners: [(id: Text, email: Text)] = [
        ("o1", "ada@example.com"), ("o2", "grace@example.com"), ("o3", "both@example.com"), ("o4", "both@example.com"),
    ]
    /// Linked records: remote ids and ours.
    package static let links: [(remote: Text, record: RecordID)] = (1...5).map {
        (Text("10\($0)"), RecordID(high: 0x0190_0000_0000_7000, low: 0x8000_0000_0000_0000 | UInt64($0)))
    }

    /// Creates the world.
    package init() {}

    package func remoteOwner(email: Text) -> Text? {
        let found = Self.owners.filter { $0.email == email }
        return found.count == 1 ? found[0].id : nil
    }

    package func ownerEmail(remoteOwner: Text) -> Text? { Self.owners.first { $0.id == remoteOwner }?.email }

    package func remoteID(of record: RecordID, remoteObject: String) -> Text? {
        Self.links.first { $0.record == record }?.remote
    }

    package func record(remoteID: Text, remoteObject: String) -> RecordID? {
        Self.links.first { $0.remote == remoteID }?.record
    }
}
