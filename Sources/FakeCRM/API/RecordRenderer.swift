/// Writes records of one table as JSON, all by the same plan.
struct RecordRenderer {
    private let plan: ReadPlan
    private let sources: [PropertyDefinition.Source]
    private let clearedReadsEmpty: Bool
    /// For each property number its place in the plan, or -1.
    private var places: [Int]
    /// For each place where the record's text lies.
    private var texts: [PackedValues.Entry?]

    init(table: ObjectTable, plan: ReadPlan, habits: Habits) {
        self.plan = plan
        self.clearedReadsEmpty = habits.clearedReadsEmpty
        self.sources = plan.properties.map { table.properties[$0.number].source }
        self.places = Array(repeating: -1, count: table.properties.definitions.count)
        for (place, property) in plan.properties.enumerated() { self.places[property.number] = place }
        self.texts = Array(repeating: nil, count: plan.properties.count)
    }

    /// Writes the members of a record's object that every answer has.
    mutating func write(_ record: Record, to json: inout JSONWriter) {
        json.key("id")
        json.stringOf(record.id)
        json.key("properties")
        self.writeProperties(record, to: &json)
        json.key("createdAt")
        json.time(record.createdAt)
        json.key("updatedAt")
        json.time(record.updatedAt)
        json.key("archived")
        json.bool(record.state == .archived)
        if record.state == .archived {
            json.key("archivedAt")
            json.time(record.archivedAt)
        }
    }

    private mutating func writeProperties(_ record: Record, to json: inout JSONWriter) {
        for place in self.texts.indices { self.texts[place] = nil }
        record.values.visit { entry in
            let place = self.places[entry.property]
            if place >= 0 { self.texts[place] = entry }
        }
        json.beginObject()
        for (place, property) in self.plan.properties.enumerated() {
            json.rawKey(property.key)
            switch self.sources[place] {
            case .recordID: json.stringOf(record.id)
            case .created: json.time(record.createdAt)
            case .modified: json.time(record.updatedAt)
            case .stored: self.writeStored(self.texts[place], of: record, to: &json)
            }
        }
        json.endObject()
    }

    private func writeStored(_ entry: PackedValues.Entry?, of record: Record, to json: inout JSONWriter) {
        guard let entry, !entry.text.isEmpty || self.clearedReadsEmpty else {
            json.null()
            return
        }
        let text = record.values.bytes[entry.text]
        if entry.needsEscape {
            json.string(Array(text))
        } else {
            json.plainString(text)
        }
    }
}
