import Mapping
import Records

/// Reads what a person typed as a value of a property.
struct TypedValue {
    private let type: PropertyType
    private let schema: Schema

    /// `property` nil reads text.
    init(_ property: PropertySchema?, _ schema: Schema) {
        self.type = property?.type ?? .text
        self.schema = schema
    }

    /// The value; an empty text is a cleared field.
    ///
    /// Throws a `CommandError` for what the property cannot hold.
    func read(_ text: String, field: String) throws -> Value {
        guard !text.isEmpty else { return .null }
        guard let value = self.parse(text) else {
            throw CommandError(
                .usage,
                "\(field) is of type \(self.type.name); \(Printable.line(text)) is not: \(self.help)"
            )
        }
        return value
    }

    private func parse(_ text: String) -> Value? {
        switch self.type {
        case .text, .owner: .text(text)
        case .number: Number(text).map { .number($0) }
        case .flag: ["true": .flag(true), "false": .flag(false)][text]
        case .date: CalendarDate(text).map { .date($0) }
        case .instant: Instant(text).map { .instant($0) }
        case .option(let options): options.contains(Text(text)) ? .text(text) : nil
        case .stage: self.stages.contains(Text(text)) ? .text(text) : nil
        case .reference: RecordID(text).map { .text($0.description) }
        case .set(let options): Self.set(text, options)
        }
    }

    private var stages: [Text] { self.schema.lifecycle.stages + self.schema.lifecycle.sideStages }

    private static func set(_ text: String, _ options: [Text]) -> Value? {
        let elements = text.split(separator: ",").map { part in
            Text(String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()))
        }
        guard options.isEmpty || elements.allSatisfy(options.contains) else { return nil }
        return .set(of: elements)
    }

    private var help: String {
        switch self.type {
        case .flag: "write true or false"
        case .date: "write 2026-03-02"
        case .instant: "write 2026-03-02T09:30:00Z"
        case .option(let options), .set(let options): "write \(options.map(\.string).joined(separator: ", "))"
        case .stage: "write \(self.stages.map(\.string).joined(separator: ", "))"
        case .reference: "write the whole id of a record"
        default: "write a number such as 12.5"
        }
    }
}
