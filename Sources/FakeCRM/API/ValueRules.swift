/// What a property accepts, and the form in which it is kept.
struct ValueRules {
    var habits: Habits
    var owners: [Owner]
    /// The longest text a property takes, in characters.
    static let longestText = 65_536

    /// The form in which a value is kept; empty clears the property.
    func keptForm(
        of text: [UInt8],
        for property: PropertyDefinition,
        current: [UInt8]?
    ) throws(ValueProblem) -> [UInt8] {
        let text = self.habits.trimsText ? Array(trimmed(text)) : text
        if text.isEmpty { return [] }
        switch property.type {
        case .string, .phoneNumber: return try self.keptText(text, property)
        case .number: return try self.keptNumber(text, property)
        case .datetime: return try Self.keptTime(text, property)
        case .date: return try Self.keptDate(text, property)
        case .bool:
            return try Self.keptOption(text, property)
        case .enumeration:
            if property.referencedObjectType == "OWNER" { return try self.keptOwner(text, property) }
            // Pipelines and stages are checked with the whole record.
            if property.hasExternalOptions { return text }
            return property.isMultiple
                ? try Self.keptOptions(text, property, current: current) : try Self.keptOption(text, property)
        }
    }

    private func keptText(_ text: [UInt8], _ property: PropertyDefinition) throws(ValueProblem) -> [UInt8] {
        if property.name == "email", property.isUnique { return try self.keptEmail(text, property) }
        guard text.count <= Self.longestText || readable(text).count <= Self.longestText else {
            let message = "Value is longer than \(Self.longestText) characters"
            throw ValueProblem(property: property.name, code: "INVALID_STRING_LENGTH", message: message)
        }
        if property.fieldType == "phonenumber", self.habits.stripsPhonePunctuation {
            return text.filter { !" .-()/".utf8.contains($0) }
        }
        guard let kept = self.habits.keptCharacters, !property.isUnique, text.count > kept else { return text }
        let cut = Array(readable(text).prefix(kept).utf8)
        return self.habits.trimsText ? Array(trimmed(cut)) : cut
    }

    private func keptEmail(_ text: [UInt8], _ property: PropertyDefinition) throws(ValueProblem) -> [UInt8] {
        guard Self.isEmail(text) else {
            let message = "Email address \(readable(text)) is invalid"
            throw ValueProblem(property: property.name, code: "INVALID_EMAIL", message: message)
        }
        return self.habits.lowercasesEmail ? lowercased(text) : text
    }

    /// Whether a text has the form of an e-mail address: one @, a local part without blanks, a domain with a dot.
    static func isEmail(_ text: [UInt8]) -> Bool {
        let parts = text.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[0].count <= 64, text.count <= 254 else { return false }
        guard parts[0].first != UInt8(ascii: "."), parts[0].last != UInt8(ascii: ".") else { return false }
        guard !text.contains(where: { $0 <= 0x20 || "\"(),:;<>[\\]".utf8.contains($0) || $0 == 0x7F }) else {
            return false
        }
        let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy({ !$0.isEmpty }), let last = labels.last else { return false }
        return last.count >= 2 && !last.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }

    private func keptNumber(_ text: [UInt8], _ property: PropertyDefinition) throws(ValueProblem) -> [UInt8] {
        guard let number = DecimalText(text) else {
            let message = "\(readable(text)) was not a valid number."
            throw ValueProblem(property: property.name, code: "INVALID_INTEGER", message: message)
        }
        return self.habits.keptDecimals.map { number.rounded(to: $0) } ?? text
    }

    private static func keptTime(_ text: [UInt8], _ property: PropertyDefinition) throws(ValueProblem) -> [UInt8] {
        if let milliseconds = wholeNumber(text) ?? CalendarTime.milliseconds(fromISO: text) {
            return CalendarTime.iso(milliseconds)
        }
        if let days = CalendarTime.days(fromDate: text) { return CalendarTime.iso(days * CalendarTime.day) }
        let message = "\(readable(text)) was not a valid long."
        throw ValueProblem(property: property.name, code: "INVALID_LONG", message: message)
    }

    private static func keptDate(_ text: [UInt8], _ property: PropertyDefinition) throws(ValueProblem) -> [UInt8] {
        if CalendarTime.days(fromDate: text) != nil { return text }
        guard let milliseconds = wholeNumber(text) else {
            let message = "\(readable(text)) was not a valid date."
            throw ValueProblem(property: property.name, code: "INVALID_DATE", message: message)
        }
        guard milliseconds % CalendarTime.day == 0 else {
            let time = readable(CalendarTime.iso(milliseconds).dropFirst(11).dropLast())
            let message = "\(milliseconds) is at \(time) UTC, not midnight!"
            throw ValueProblem(property: property.name, code: "INVALID_DATE", message: message)
        }
        var kept: [UInt8] = []
        CalendarTime.appendDate(milliseconds / CalendarTime.day, to: &kept)
        return kept
    }

    private func keptOwner(_ text: [UInt8], _ property: PropertyDefinition) throws(ValueProblem) -> [UInt8] {
        guard let id = wholeNumber(text), self.owners.contains(where: { $0.id == id && !$0.isArchived }) else {
            let message = "Owner \(readable(text)) does not exist"
            throw ValueProblem(property: property.name, code: "INVALID_OWNER_ID", message: message)
        }
        return text
    }

    private static func keptOption(_ text: [UInt8], _ property: PropertyDefinition) throws(ValueProblem) -> [UInt8] {
        if property.options.contains(where: { text.elementsEqual($0.value.utf8) }) { return text }
        let allowed = property.options.map(\.value).joined(separator: ", ")
        let message = "\(readable(text)) was not one of the allowed options: [\(allowed)]"
        throw ValueProblem(property: property.name, code: "INVALID_OPTION", message: message)
    }

    /// Several options; a leading semicolon adds them to those that are there.
    private static func keptOptions(
        _ text: [UInt8],
        _ property: PropertyDefinition,
        current: [UInt8]?
    ) throws(ValueProblem) -> [UInt8] {
        let semicolon = UInt8(ascii: ";")
        var kept = text.first == semicolon ? (current ?? []).split(separator: semicolon).map { Array($0) } : []
        for option in text.split(separator: semicolon).map({ Array($0) }) {
            let option = try self.keptOption(option, property)
            if !kept.contains(option) { kept.append(option) }
        }
        return Array(kept.joined(separator: [semicolon]))
    }
}
