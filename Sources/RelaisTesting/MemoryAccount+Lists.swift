package import Connectors
package import Records
import Synchronization

/// A list of an account in memory.
package struct MemoryList: Sendable {
    /// The id.
    package var id: Text
    /// Who is on it.
    package var members: Set<Text> = []
    /// Whether the CRM fills it by itself.
    package var isDynamic = false

    /// Creates a list.
    package init(id: Text, members: Set<Text> = [], isDynamic: Bool = false) {
        self.id = id
        self.members = members
        self.isDynamic = isDynamic
    }
}

extension MemoryAccount {
    package func list(
        _ kind: RemoteListKind,
        of object: String,
        _ reference: RemoteListReference
    ) async throws -> RemoteList? {
        self.state.withLock { state in
            state.requests += 1
            let found =
                switch reference {
                case .name(let name): state.lists[name]
                case .id(let id): state.lists.values.first { $0.id == id }
                }
            return found.map { list in
                RemoteList(kind: kind, object: object, id: list.id, refusal: list.isDynamic ? "it is dynamic" : nil)
            }
        }
    }

    package func members(of list: RemoteList) async throws -> [Text] {
        self.state.withLock { state in
            state.requests += 1
            return state.lists.values.first { $0.id == list.id }?.members.sorted() ?? []
        }
    }

    package func change(
        _ list: RemoteList,
        adding added: [Text],
        removing removed: [Text]
    ) async throws -> Set<Text> {
        try self.state.withLock { state in
            state.requests += 1
            let fault = state.faults.isEmpty ? nil : state.faults.removeFirst()
            if case .loseRequest? = fault { throw RemoteFailure(.unreachable, "no answer") }
            guard let name = state.lists.first(where: { $0.value.id == list.id })?.key else {
                throw RemoteFailure(.badRequest, "no such list")
            }
            let live = Set((state.objects[list.object] ?? [:]).filter { !$0.value.isArchived }.keys)
            state.lists[name]?.members.formUnion(live.intersection(added))
            state.lists[name]?.members.subtract(removed)
            state.writes += 1
            if case .loseAnswer? = fault { throw RemoteFailure(.unreachable, "no answer") }
            return Set(added + removed).subtracting(live)
        }
    }
}
