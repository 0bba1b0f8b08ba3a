extension AccountState {
    /// Writes a record with its histories and associations.
    func write(
        _ record: Record,
        of type: ObjectType,
        plan: ReadPlan,
        with renderer: inout RecordRenderer,
        to json: inout JSONWriter
    ) {
        renderer.write(record, to: &json)
        if !plan.histories.isEmpty { self.writeHistories(of: record, type, plan.histories, to: &json) }
        if !plan.associations.isEmpty { self.writeAssociations(of: record.id, type, plan.associations, to: &json) }
    }

    /// One record as a whole document.
    func document(_ record: Record, of type: ObjectType, plan: ReadPlan) -> [UInt8] {
        var json = JSONWriter()
        var renderer = RecordRenderer(table: self[type], plan: plan, habits: self.habits)
        json.beginObject()
        self.write(record, of: type, plan: plan, with: &renderer, to: &json)
        json.endObject()
        return json.bytes
    }

    private func writeHistories(
        of record: Record,
        _ type: ObjectType,
        _ properties: [Int],
        to json: inout JSONWriter
    ) {
        json.key("propertiesWithHistory")
        json.beginObject()
        for property in properties {
            let versions = self.versions(of: record, type, property)
            guard !versions.isEmpty else { continue }
            json.rawKey(self[type].properties.jsonKeys[property])
            json.beginArray()
            for version in versions { self.write(version, to: &json) }
            json.endArray()
        }
        json.endObject()
    }

    /// The versions of a value, the newest first; a value that never changed has the one it was created with.
    func versions(of record: Record, _ type: ObjectType, _ property: Int) -> [ValueVersion] {
        let definition = self[type].properties[property]
        guard definition.source == .stored else { return [] }
        let kept = self[type].row(of: record.id).flatMap { self[type].histories[$0] } ?? []
        let versions = kept.filter { $0.property == property }
        if !versions.isEmpty { return versions.reversed() }
        guard let text = record.values[property] else { return [] }
        return [ValueVersion(property: property, text: text, timestamp: record.createdAt, source: record.source)]
    }

    private func write(_ version: ValueVersion, to json: inout JSONWriter) {
        let source = self.sources.indices.contains(Int(version.source)) ? self.sources[Int(version.source)] : nil
        json.beginObject()
        json.key("value")
        json.string(version.text)
        json.key("timestamp")
        json.time(version.timestamp)
        json.key("sourceType")
        json.string(source?.type ?? "API")
        if let source {
            json.key("sourceId")
            json.string(source.id)
            if let label = source.label {
                json.key("sourceLabel")
                json.string(label)
            }
            if let userID = source.userID {
                json.key("updatedByUserId")
                json.number(userID)
            }
        }
        json.endObject()
    }

    private func writeAssociations(of id: Int64, _ type: ObjectType, _ others: [ObjectType], to json: inout JSONWriter)
    {
        let found = others.map { ($0, self.associations.links(from: type, id, to: $0)) }.filter { !$0.1.isEmpty }
        guard !found.isEmpty else { return }
        json.key("associations")
        json.beginObject()
        for (other, links) in found {
            json.key(Array(other.rawValue.utf8))
            json.beginObject()
            json.key("results")
            json.beginArray()
            for link in links {
                json.beginObject()
                json.key("id")
                json.stringOf(link.to)
                json.key("type")
                json.string(AssociationType.named(link.type, from: type, to: other)?.name ?? "")
                json.endObject()
            }
            json.endArray()
            json.endObject()
        }
        json.endObject()
    }

    /// Writes the `paging` member.
    func writePaging(after: String, _ call: Call, to json: inout JSONWriter) {
        json.key("paging")
        json.beginObject()
        json.key("next")
        json.beginObject()
        json.key("after")
        json.string(after)
        json.key("link")
        json.string(call.nextLink(after: after))
        json.endObject()
        json.endObject()
    }
}
