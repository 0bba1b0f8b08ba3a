import Synchronization

/// What people do in the CRM's own pages; tests and the demo play them.
///
/// A person is not held to the rules for integrations: values are taken as they are, stages may go backward. Versions,
/// modification times and the search index move as with any other change, and histories name the person.
extension FakeCRMAccount {
    /// What went wrong with something a person was to do.
    package enum PersonError: Error, Equatable {
        /// There is no such record, or it is not in the state that the act needs.
        case noRecord(String)
        /// There is no such property.
        case noProperty(String)
    }

    /// Changes values of a record; an empty text clears.
    ///
    /// Throws `PersonError` when the record or a property is not there.
    package func edit(_ type: ObjectType, _ id: Int64, set values: [String: String], by userID: Int64) throws {
        try self.state.withLock { try $0.personEdits(type, id, values, userID) }
    }

    /// Adds a record and returns its id.
    ///
    /// Throws `PersonError` when a property is not there.
    package func add(_ type: ObjectType, _ values: [String: String], by userID: Int64) throws -> Int64 {
        try self.state.withLock { try $0.personAdds(type, values, userID) }
    }

    /// Archives a record, as the page's delete button does.
    ///
    /// Throws `PersonError` when there is no such live record.
    package func archive(_ type: ObjectType, _ id: Int64) throws {
        try self.state.withLock { state in
            let row = try state.personFinds(type, id, .live)
            state.archive(type, row: row)
        }
    }

    /// Brings an archived record back; its associations stay gone.
    ///
    /// Throws `PersonError` when there is no such archived record.
    package func restore(_ type: ObjectType, _ id: Int64) throws {
        try self.state.withLock { state in
            let row = try state.personFinds(type, id, .archived)
            let before = state[type].rows[row]
            let time = state.stamp()
            state[type].modify(row: row) { record in
                record.state = .live
                record.archivedAt = 0
                record.updatedAt = time
            }
            state.noteForIndex(type, row: row, before: before, time: time)
            state.keep(.restore, type, id, source: nil)
        }
    }

    /// Merges one record into another and returns the id of the result.
    ///
    /// Throws `PersonError` when one of them is not there.
    package func merge(_ type: ObjectType, _ other: Int64, into primary: Int64, by userID: Int64) throws -> Int64 {
        try self.state.withLock { state in
            let primaryRow = try state.personFinds(type, primary, .live)
            let otherRow = try state.personFinds(type, other, .live)
            let source = state.sourceNumber(.person(userID))
            let row = state.merge(type, primary: primaryRow, other: otherRow, source: source)
            return state[type].rows[row].id
        }
    }

    /// Associates two records without a label; the first company becomes the primary one.
    ///
    /// Throws `PersonError` when one of them is not there or their types cannot be associated.
    package func associate(_ from: ObjectType, _ fromID: Int64, _ to: ObjectType, _ toID: Int64) throws {
        try self.state.withLock { state in
            _ = try (state.personFinds(from, fromID, .live), state.personFinds(to, toID, .live))
            guard let type = AssociationType.unlabelled(from: from, to: to) else {
                throw PersonError.noProperty("association")
            }
            state.associate(type, from: fromID, to: toID)
        }
    }

    /// Takes all associations between two records away.
    package func dissociate(_ from: ObjectType, _ fromID: Int64, _ to: ObjectType, _ toID: Int64) {
        self.state.withLock { _ = $0.dissociate(from, fromID, to, toID) }
    }

    /// The value that a record holds now; nil when it has none or is not live.
    package func value(_ type: ObjectType, _ id: Int64, _ property: String) -> String? {
        self.state.withLock { state in
            guard let row = state[type].row(of: id), state[type].rows[row].isLive,
                let number = state[type].properties.number(of: property),
                let text = state[type].rows[row].values[number], !text.isEmpty
            else { return nil }
            return readable(text)
        }
    }

    /// The ids of all live records of a type, ascending.
    package func ids(_ type: ObjectType) -> [Int64] {
        self.state.withLock { $0[type].rows.filter(\.isLive).map(\.id) }
    }
}

extension ChangeSource {
    /// A person in the CRM's own pages.
    static func person(_ userID: Int64) -> ChangeSource {
        ChangeSource(type: "CRM_UI", id: "userId:\(userID)", userID: userID)
    }
}

extension AccountState {
    /// The row of a record in a state; throws when there is none.
    func personFinds(_ type: ObjectType, _ id: Int64, _ wanted: Record.State) throws -> Int {
        guard let row = self[type].row(of: id), self[type].rows[row].state == wanted else {
            throw FakeCRMAccount.PersonError.noRecord("\(type.rawValue) \(id)")
        }
        return row
    }

    fileprivate mutating func personEdits(
        _ type: ObjectType,
        _ id: Int64,
        _ values: [String: String],
        _ userID: Int64
    ) throws {
        _ = try self.personFinds(type, id, .live)
        let write = PreparedWrite(id: id, isNew: false, values: try self.personValues(type, values))
        self.commit(write, type, source: self.sourceNumber(.person(userID)))
    }

    fileprivate mutating func personAdds(
        _ type: ObjectType,
        _ values: [String: String],
        _ userID: Int64
    ) throws -> Int64 {
        let checked = try self.personValues(type, values)
        let write = PreparedWrite(id: self[type].takeID(), isNew: true, values: checked)
        self.commit(write, type, source: self.sourceNumber(.person(userID)))
        return write.id
    }

    private func personValues(
        _ type: ObjectType,
        _ values: [String: String]
    ) throws -> [(property: Int, text: [UInt8])] {
        try values.sorted { $0.key < $1.key }.map { name, text in
            guard let number = self[type].properties.number(of: name) else {
                throw FakeCRMAccount.PersonError.noProperty(name)
            }
            return (number, Array(text.utf8))
        }
    }
}

extension FakeCRMAccount {
    /// Takes a property away, as an administrator does, or brings it back with all its values.
    package func setArchived(_ isArchived: Bool, property name: String, of type: ObjectType) {
        self.state.withLock { state in
            guard let number = state[type].properties.numberEvenArchived(of: Array(name.utf8)) else { return }
            state[type].properties[number].isArchived = isArchived
        }
    }

    /// The ids of the records of another type that a record is associated with, ascending; only those that are primary
    /// if that is asked for.
    package func associated(_ from: ObjectType, _ id: Int64, to other: ObjectType, primary: Bool = false) -> [Int64] {
        self.state.withLock { state in
            let links = state.associations.links(from: from, id, to: other)
            let wanted = primary ? AssociationType.primary(from: from, to: other)?.id : nil
            return Set(links.filter { wanted == nil || $0.type == wanted }.map(\.to)).sorted()
        }
    }

    /// The live record that holds a value in a property, whatever its case; nil if there is none.
    package func holder(of value: String, in property: String, _ type: ObjectType) -> Int64? {
        self.state.withLock { state in
            guard let number = state[type].properties.number(of: property) else { return nil }
            let wanted = lowercased(Array(value.utf8))
            return state[type].rows.first { $0.isLive && lowercased($0.values[number] ?? []) == wanted }?.id
        }
    }
}
