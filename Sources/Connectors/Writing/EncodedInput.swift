import Records

/// One input of a write, ready to be put into a request.
struct EncodedInput {
    /// Its place among the inputs of the call.
    let index: Int
    let write: RemoteWrite
    /// The plain properties, as the API wants them.
    var properties: [(key: String, value: JSON)]
    /// Properties that are rows of their own: the rows, the row's conditions, the member and the value; nil clears.
    var rows: [RowWrite]
    /// The call that sets a property which cannot be written, with the property's name and value.
    var action: (property: String, value: Text, call: String)?

    /// One property that is a row of its own.
    struct RowWrite {
        let subRecord: String
        let conditions: [(key: String, value: JSON)]
        let member: String
        let value: JSON?
    }

    /// The texts that were sent, which no message may repeat.
    var texts: [String] {
        self.properties.compactMap { Template.text($0.value) }
            + self.rows.compactMap { $0.value.flatMap(Template.text) }
    }

    /// The names of what was sent.
    var names: [String] { self.write.properties.map(\.name) + self.properties.map(\.key) }

    /// Whether there is anything to write besides the action.
    var hasValues: Bool { !self.properties.isEmpty || !self.rows.isEmpty }
}

/// Why an input cannot be put into a request.
struct EncodingFailure: Error {
    let outcome: Outcome
}

/// Puts the values of inputs into the forms of the API.
struct InputEncoder {
    let rules: ObjectRules
    let values: ValueRules
    let isCreate: Bool

    func encode(_ write: RemoteWrite, index: Int) throws(EncodingFailure) -> EncodedInput {
        var input = EncodedInput(index: index, write: write, properties: [], rows: [], action: nil)
        for property in write.properties {
            if case .absent = property.value { continue }
            let rules = self.rules.properties[property.name]
            if let rules, rules.actions != nil {
                input.action = try self.action(property, rules)
            } else if let sub = rules?.subRecord {
                let value = property.value.isBlank ? nil : try self.encoded(property, rules?.form)
                input.rows.append(.init(subRecord: sub.name, conditions: sub.where, member: sub.value, value: value))
            } else {
                input.properties.append((rules?.field ?? property.name, try self.encoded(property, rules?.form)))
            }
        }
        return input
    }

    /// The call for a value; nil if a new record has it from the start.
    private func action(
        _ property: RemotePropertyWrite,
        _ rules: PropertyRules
    ) throws(EncodingFailure)
        -> (property: String, value: Text, call: String)?
    {
        let text = property.value.text
        if self.isCreate, let text, text == rules.initial.map({ Text($0) }) { return nil }
        if let text, let call = rules.actions?[text.string] { return (property.name, text, call) }
        let reachable = (rules.actions ?? [:]).keys.sorted().joined(separator: ", ")
        throw EncodingFailure(
            outcome: .rejected(
                field: Text(property.name),
                reason: "\(property.name) can only be set to \(reachable) through the API"
            )
        )
    }

    private func encoded(_ property: RemotePropertyWrite, _ form: ValueForm?) throws(EncodingFailure) -> JSON {
        let value = property.value
        if case .null = value { return self.values.clear }
        let form = form ?? self.values.form(for: value.formKind)
        if form.kind != .text, case .text(let text) = value, text.isEmpty { return self.values.clear }
        guard let json = form.encoded(value, separator: self.values.separator) else {
            throw EncodingFailure(
                outcome: .rejected(
                    field: Text(property.name),
                    reason: "\(property.name) takes \(form.kind.noun), and \(value.kindName) cannot be written as such"
                )
            )
        }
        return json
    }
}

extension Value {
    /// The kind of form that suits the value.
    var formKind: ValueForm.Kind {
        switch self {
        case .absent, .null, .text: .text
        case .number: .number
        case .flag: .flag
        case .date: .date
        case .instant: .instant
        case .set: .set
        }
    }
}

extension ValueForm.Kind {
    /// The kind as messages name it.
    var noun: String {
        switch self {
        case .text: "text or an id"
        case .number: "a number"
        case .flag: "true or false"
        case .date: "a date"
        case .instant: "a date and time"
        case .set: "a list"
        }
    }
}
