/// Writes records of one table as JSON, all by the same plan.
///
/// Pages of records are what the fake CRM writes most, so the properties are copied straight from the packed values.
struct RecordRenderer {
    /// Where the text of a property lies in the packed values; a start of -1 is none.
    private struct Place {
        var start: Int
        var end: Int
        var needsEscape: Bool
    }

    /// The members' keys one after the other, each with its comma, and where each ends.
    private let keys: [UInt8]
    private let keyEnds: [Int]
    private let sources: [PropertyDefinition.Source]
    private let clearedReadsEmpty: Bool
    /// For each property number its position in the plan, or -1.
    private let positions: [Int]
    /// For each position where the current record's text lies.
    private var places: [Place]

    init(table: ObjectTable, plan: ReadPlan, habits: Habits) {
        var keys: [UInt8] = []
        var keyEnds: [Int] = []
        var positions = Array(repeating: -1, count: table.properties.definitions.count)
        for (position, property) in plan.properties.enumerated() {
            keys += (position == 0 ? [] : [UInt8(ascii: ",")]) + property.key
            keyEnds.append(keys.count)
            positions[property.number] = position
        }
        self.keys = keys
        self.keyEnds = keyEnds
        self.positions = positions
        self.sources = plan.properties.map { table.properties[$0.number].source }
        self.clearedReadsEmpty = habits.clearedReadsEmpty
        self.places = Array(repeating: Place(start: -1, end: -1, needsEscape: false), count: plan.properties.count)
    }

    /// Writes the members of a record's object that every answer has.
    mutating func write(_ record: Record, to json: inout JSONWriter) {
        var created: [UInt8] = []
        var updated: [UInt8] = []
        CalendarTime.appendISO(record.createdAt, to: &created)
        CalendarTime.appendISO(record.updatedAt, to: &updated)
        json.key("id")
        json.stringOf(record.id)
        json.key("properties")
        self.locate(record)
        json.compose { output in self.writeProperties(record, created, updated, to: &output) }
        json.key("createdAt")
        json.plainString(created[...])
        json.key("updatedAt")
        json.plainString(updated[...])
        json.key("archived")
        json.bool(record.state == .archived)
        if record.state == .archived {
            json.key("archivedAt")
            json.time(record.archivedAt)
        }
    }

    /// Finds the texts of the planned properties.
    private mutating func locate(_ record: Record) {
        for position in self.places.indices { self.places[position].start = -1 }
        record.values.visit { entry in
            let position = self.positions[entry.property]
            guard position >= 0 else { return }
            self.places[position] = Place(
                start: entry.text.lowerBound,
                end: entry.text.upperBound,
                needsEscape: entry.needsEscape
            )
        }
    }

    private func writeProperties(_ record: Record, _ created: [UInt8], _ updated: [UInt8], to output: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        output.append(UInt8(ascii: "{"))
        record.values.bytes.withUnsafeBufferPointer { values in
            self.keys.withUnsafeBufferPointer { keys in
                var keyStart = 0
                for position in self.places.indices {
                    let keyEnd = self.keyEnds[position]
                    output.append(contentsOf: UnsafeBufferPointer(rebasing: keys[keyStart..<keyEnd]))
                    keyStart = keyEnd
                    let source = self.sources[position]
                    guard source == .stored else {
                        output.append(quote)
                        switch source {
                        case .recordID: appendDecimal(record.id, to: &output)
                        case .created: output.append(contentsOf: created)
                        case .modified, .stored: output.append(contentsOf: updated)
                        }
                        output.append(quote)
                        continue
                    }
                    self.writeStored(self.places[position], in: values, to: &output)
                }
            }
        }
        output.append(UInt8(ascii: "}"))
    }

    private func writeStored(_ place: Place, in values: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) {
        guard place.start >= 0, place.end > place.start || self.clearedReadsEmpty else {
            output.append(contentsOf: "null".utf8)
            return
        }
        let text = UnsafeBufferPointer(rebasing: values[place.start..<place.end])
        output.append(UInt8(ascii: "\""))
        if place.needsEscape { appendJSONEscaped(text, to: &output) } else { output.append(contentsOf: text) }
        output.append(UInt8(ascii: "\""))
    }
}
