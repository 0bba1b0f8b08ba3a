/// Merges and erasures.
extension AccountState {
    /// `POST /crm/v3/objects/{type}/merge`.
    mutating func merge(_ type: ObjectType, _ call: Call) throws -> Answer {
        let body = try call.object()
        let primaryID = try Self.text(body["primaryObjectId"], "primaryObjectId")
        let otherID = try Self.text(body["objectIdToMerge"], "objectIdToMerge")
        guard let primary = try self.row(type, primaryID, idProperty: nil),
            let other = try self.row(type, otherID, idProperty: nil)
        else { throw Self.missing(type, [primaryID, otherID]) }
        guard primary != other else { throw APIError.validation("Cannot merge an object with itself") }
        let row = self.merge(type, primary: primary, other: other, source: self.source(of: call.token))
        self.stats.updated += 1
        let plan = ReadPlan(self[type], requested: self.habits.answersWithoutValues ? [] : nil)
        return Answer(status: 200, body: self.document(self[type].rows[row], of: type, plan: plan))
    }

    /// Merges two live records; returns the row of the result.
    ///
    /// The primary record's values win, its blanks are filled, and both sets of associations live on. By habit the
    /// result is a new record; the other ids lead to it from then on.
    mutating func merge(_ type: ObjectType, primary: Int, other: Int, source: UInt8) -> Int {
        let (kept, lost) = (self[type].rows[primary], self[type].rows[other])
        let time = self.stamp()
        let id = self.habits.mergeMakesNewRecord ? self[type].takeID() : kept.id
        var result = Record(id: id, createdAt: min(kept.createdAt, lost.createdAt), updatedAt: time, source: source)
        result.values = self.mergedValues(type, kept, lost)
        let versions = self.mergedVersions(type, kept, result.values, at: time)
        let links = self.allLinks(type, kept.id) + self.allLinks(type, lost.id)
        let gone = self.habits.mergeMakesNewRecord ? [primary, other] : [other]
        for row in gone { self.remove(type, row: row, time: time) }
        let row: Int
        if self.habits.mergeMakesNewRecord {
            self[type].insert(result)
            row = self[type].rows.count - 1
            self.noteForIndex(type, row: row, before: nil, time: time)
        } else {
            row = primary
            self[type].modify(row: row) { record in
                record.values = result.values
                record.updatedAt = time
            }
            self.noteForIndex(type, row: row, before: kept, time: time)
        }
        self[type].setHistory(row: row, versions)
        for old in Set([kept.id, lost.id]) where old != id { self[type].aliases[old] = id }
        for index in self.recordLists.indices where self.recordLists[index].type == type {
            let since = [kept.id, lost.id].compactMap { self.recordLists[index].members.removeValue(forKey: $0) }.min()
            self.recordLists[index].members[id] = since
        }
        for link in links { self.associations.add(link.type, from: id, to: link.to) }
        for old in [kept.id, lost.id] where old != id { self.keep(.merge(into: id), type, old, source: source) }
        return row
    }

    private func mergedValues(_ type: ObjectType, _ kept: Record, _ lost: Record) -> PackedValues {
        var values = kept.values
        let properties = self[type].properties
        lost.values.visit { entry in
            guard kept.values[entry.property]?.isEmpty ?? true else { return }
            values.set(entry.property, Array(lost.values.bytes[entry.text]))
        }
        if let merged = properties.number(of: "hs_merged_object_ids") {
            let earlier = [kept, lost].compactMap { $0.values[merged] }.filter { !$0.isEmpty }
            let ids = earlier + [kept.id, lost.id].map { Array(String($0).utf8) }
            values.set(merged, Array(ids.joined(separator: [UInt8(ascii: ";")])))
        }
        if type == .contacts, let email = properties.number(of: "email"),
            let more = properties.number(of: "hs_additional_emails")
        {
            let own = values[email] ?? []
            let others = [kept.values[more], lost.values[more], lost.values[email]].compactMap { $0 }
            let further = others.flatMap { $0.split(separator: UInt8(ascii: ";")) }.filter { !$0.elementsEqual(own) }
            if !further.isEmpty { values.set(more, Array(further.joined(separator: [UInt8(ascii: ";")]))) }
        }
        return values
    }

    /// The histories of the result: what the merge brought is a version of its own, behind what the primary record's say.
    ///
    /// How this kind of source is called is UNCONFIRMED.
    private mutating func mergedVersions(
        _ type: ObjectType,
        _ kept: Record,
        _ values: PackedValues,
        at time: Int64
    ) -> [ValueVersion] {
        let source = self.sourceNumber(ChangeSource(type: "MERGE_OBJECTS", id: "merge"))
        var versions = self[type].row(of: kept.id).flatMap { self[type].histories[$0] } ?? []
        values.visit { entry in
            let text = Array(values.bytes[entry.text])
            guard self[type].properties[entry.property].source == .stored, kept.values[entry.property] != text else {
                return
            }
            if let before = kept.values[entry.property],
                !versions.contains(where: { $0.property == entry.property })
            {
                versions.append(
                    ValueVersion(
                        property: entry.property,
                        text: before,
                        timestamp: kept.createdAt,
                        source: kept.source
                    )
                )
            }
            versions.append(ValueVersion(property: entry.property, text: text, timestamp: time, source: source))
        }
        return versions
    }

    private func allLinks(_ type: ObjectType, _ id: Int64) -> [(type: AssociationType, to: Int64)] {
        ObjectType.allCases.flatMap { other in
            self.associations.links(from: type, id, to: other).compactMap { link in
                AssociationType.named(link.type, from: type, to: other).map { ($0, link.to) }
            }
        }
    }

    /// Takes a record out of the account; only its id remains.
    private mutating func remove(_ type: ObjectType, row: Int, time: Int64) {
        let before = self[type].rows[row]
        self.associations.removeRecord(type, before.id)
        self[type].modify(row: row) { record in
            record.state = .gone
            record.values = PackedValues()
            record.updatedAt = time
        }
        self[type].setHistory(row: row, nil)
        self.noteForIndex(type, row: row, before: before, time: time)
    }

    /// `POST …/contacts/gdpr-delete`: the contact is gone for good and its e-mail address may not come back.
    mutating func erase(_ type: ObjectType, _ call: Call) throws -> Answer {
        let body = try call.object()
        let id = try Self.text(body["objectId"], "objectId")
        let idProperty = body["idProperty"]?.scalarText
        let isByEmail = idProperty?.elementsEqual("email".utf8) ?? false
        let row =
            try self.row(type, id, idProperty: idProperty) ?? self.row(type, id, idProperty: idProperty, archived: true)
        guard let row else {
            guard isByEmail else { throw APIError.notFound }
            self.erasedEmails.insert(lowercased(id))
            return .empty
        }
        let record = self[type].rows[row]
        for name in ["email", "hs_additional_emails"] {
            guard let number = self[type].properties.number(of: name) else { continue }
            for email in (record.values[number] ?? []).split(separator: UInt8(ascii: ";")) {
                self.erasedEmails.insert(lowercased(Array(email)))
            }
        }
        self.remove(type, row: row, time: self.stamp())
        self.keep(.erase, type, record.id, source: nil)
        self.stats.archived += 1
        return .empty
    }
}
