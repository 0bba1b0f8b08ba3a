extension SearchQuery {
    /// The properties that the words of a query are looked for in.
    private static let searchable = [
        "firstname", "lastname", "email", "phone", "company", "name", "domain", "website", "dealname",
        "hs_task_subject", "hs_task_body", "hs_note_body",
    ]

    /// Whether a record, as the index knows it, is among the results.
    func matches(_ record: Record, _ table: ObjectTable) -> Bool {
        guard record.isLive else { return false }
        guard self.groups.isEmpty || self.groups.contains(where: { $0.allSatisfy { $0.matches(record) } }) else {
            return false
        }
        return self.words.isEmpty || self.hasWords(record, table)
    }

    private func hasWords(_ record: Record, _ table: ObjectTable) -> Bool {
        let texts = Self.searchable.compactMap { name in
            table.properties.number(of: name).flatMap { record.values[$0] }.map { lowercased($0) }
        }
        return self.words.allSatisfy { word in texts.contains { readable($0).contains(readable(word)) } }
    }
}

extension SearchQuery.Filter {
    /// Whether a record satisfies the condition.
    func matches(_ record: Record) -> Bool {
        switch self.condition {
        case .isSet: return self.hasValue(record)
        case .isNotSet: return !self.hasValue(record)
        case .less(let bound): return self.value(of: record).map { $0 < bound } ?? false
        case .lessOrEqual(let bound): return self.value(of: record).map { $0 <= bound } ?? false
        case .greater(let bound): return self.value(of: record).map { $0 > bound } ?? false
        case .greaterOrEqual(let bound): return self.value(of: record).map { $0 >= bound } ?? false
        case .between(let low, let high): return self.value(of: record).map { low <= $0 && $0 <= high } ?? false
        case .equal(let text): return self.equals(record, text)
        case .notEqual(let text): return !self.equals(record, text)
        case .isIn(let texts): return texts.contains { self.isOneOf(record, $0) }
        case .isNotIn(let texts): return !texts.contains { self.isOneOf(record, $0) }
        case .hasToken(let token): return self.hasToken(record, token)
        case .hasNotToken(let token): return !self.hasToken(record, token)
        }
    }

    private func value(of record: Record) -> SearchValue? { SearchValue(of: record, self.property, self.definition) }

    private func hasValue(_ record: Record) -> Bool {
        self.definition.source != .stored || record.values.test(self.property) { !$0.isEmpty }
    }

    /// Equality: texts without regard to case, several options when one of them is equal.
    private func equals(_ record: Record, _ operand: [UInt8]) -> Bool {
        switch self.definition.type {
        case .string, .phoneNumber:
            let folded = lowercased(operand)
            return record.values.test(self.property) { text in
                text.count == operand.count && text.elementsEqual(operand) || lowercased(Array(text)) == folded
            }
        case .enumeration, .bool:
            return record.values.test(self.property) { text in
                if text.elementsEqual(operand) { return true }
                return self.definition.isMultiple
                    && text.split(separator: UInt8(ascii: ";")).contains { $0.elementsEqual(operand) }
            }
        case .number, .date, .datetime:
            guard let operand = try? SearchValue(operand: operand, self.definition) else { return false }
            return self.value(of: record) == operand
        }
    }

    /// As equality, but an operand with capitals never matches a text.
    private func isOneOf(_ record: Record, _ operand: [UInt8]) -> Bool {
        let isText = self.definition.type == .string || self.definition.type == .phoneNumber
        return (!isText || lowercased(operand) == operand) && self.equals(record, operand)
    }

    /// Whether one of the words of a value is the token; `*` stands for any rest of a word.
    private func hasToken(_ record: Record, _ token: [UInt8]) -> Bool {
        guard let text = record.values[self.property] else { return false }
        let words = lowercased(text).split { byte in
            byte < 0x30 || (0x3A...0x40).contains(byte) || (0x5B...0x60).contains(byte) || (0x7B...0x7F).contains(byte)
        }
        let star = UInt8(ascii: "*")
        let parts = token.split { $0 != star && ($0 < 0x30 || (0x3A...0x40).contains($0)) }
        return parts.allSatisfy { part in
            let bare = part.filter { $0 != star }
            return words.contains { word in
                switch (part.first == star, part.last == star) {
                case (true, true): readable(word).contains(readable(bare))
                case (true, false): word.count >= bare.count && word.suffix(bare.count).elementsEqual(bare)
                case (false, true): word.starts(with: bare)
                case (false, false): word.elementsEqual(bare)
                }
            }
        }
    }
}
