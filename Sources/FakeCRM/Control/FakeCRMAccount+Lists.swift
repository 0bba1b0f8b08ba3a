import Synchronization

/// What people do with lists in the CRM's own pages.
extension FakeCRMAccount {
    /// Adds an empty list and returns its id; a dynamic one is filled by the CRM itself, which the fake one never does.
    package func addList(_ name: String, of type: ObjectType, isDynamic: Bool = false) -> Int64 {
        self.state.withLock { $0.addList(name, type, isDynamic ? .dynamic : .manual).id }
    }

    /// Puts a record on a list, or takes it off.
    package func setMember(_ isMember: Bool, _ id: Int64, of list: Int64) {
        self.state.withLock { state in
            guard let index = state.recordLists.firstIndex(where: { $0.id == list }) else { return }
            let time = state.stamp()
            state.recordLists[index].members[id] = isMember ? time : nil
        }
    }

    /// The live records on a list, ascending.
    package func members(of list: Int64) -> [Int64] {
        self.state.withLock { state in
            state.recordLists.first { $0.id == list }.map { state.liveMembers(of: $0) } ?? []
        }
    }
}
