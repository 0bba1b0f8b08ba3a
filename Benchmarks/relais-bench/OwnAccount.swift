import Connectors
import Records

/// An account behind a server that has the contact list and nothing else: who it is and who works there is made up.
struct OwnAccount: RemoteAccount {
    let lists: ManifestAccount

    var traits: RemoteTraits { self.lists.traits }
    var requestsMade: Int { self.lists.requestsMade }

    func accountID() async throws -> Text { "own" }

    func owners() async throws -> [RemoteOwner] { [] }

    func prepareCreateKey(for object: String) async throws -> Bool { true }

    func discover(_ object: String) async throws -> [RemoteProperty] { try await self.lists.discover(object) }

    func page(
        of object: String,
        selecting selection: RemoteSelection,
        at position: Text?
    ) async throws -> RemotePage {
        try await self.lists.page(of: object, selecting: selection, at: position)
    }

    func read(
        _ object: String,
        keys: [Text],
        by property: String?,
        selecting selection: RemoteSelection
    ) async throws -> [RemoteRecord?] {
        try await self.lists.read(object, keys: keys, by: property, selecting: selection)
    }

    func create(_ object: String, _ inputs: [RemoteWrite]) async -> [RemoteWriteResult] {
        await self.lists.create(object, inputs)
    }

    func update(_ object: String, _ inputs: [RemoteWrite]) async -> [RemoteWriteResult] {
        await self.lists.update(object, inputs)
    }

    func archive(_ object: String, ids: [Text]) async -> [Outcome] { await self.lists.archive(object, ids: ids) }

    func associations(from object: String, ids: [Text], to other: String, label: String?) async throws -> [[Text]] {
        try await self.lists.associations(from: object, ids: ids, to: other, label: label)
    }

    func associate(
        from object: String,
        to other: String,
        label: String?,
        _ inputs: [AssociationWrite]
    ) async -> [Outcome] {
        await self.lists.associate(from: object, to: other, label: label, inputs)
    }
}
