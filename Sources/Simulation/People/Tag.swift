import Records

/// The number hidden in everything that a person types, so that its fate can be traced.
package enum Tag {
    private static let words = ["Nora", "Émile", "Zoë", "Ilse", "Marta", "Jan", "Ada", "Li", "Ötzi", "Bao"]
    private static let long = " of the far and long name"
    static let stages = ["subscriber", "lead", "mql", "sql", "opportunity", "customer", "evangelist"]
    static let remoteStages = [
        "subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer", "evangelist",
    ]
    static let dealStages = ["appointment", "qualified", "presentation", "decision", "contract", "won", "lost"]
    static let remoteDealStages = [
        "appointmentscheduled", "qualifiedtobuy", "presentationscheduled", "decisionmakerboughtin", "contractsent",
        "closedwon", "closedlost",
    ]
    static let currencies = ["EUR", "USD", "GBP", "CHF"]

    /// The value that a person on our side sets, with a tag.
    static func local(_ tag: Int, _ form: WorldField.Form, _ dice: inout Dice) -> Value {
        switch form {
        case .text: .text(self.text(tag, &dice, isRough: false))
        case .email: .text("e\(tag)@sim.example")
        case .phone: .text("+336\(self.padded(tag))")
        case .number: self.number(tag, &dice)
        case .date: .date(CalendarDate(days: 10_957 + Int32(tag)))
        case .set: .set(of: [Text("e\(tag)")])
        case .stage: .text(self.stages[dice.below(self.stages.count)])
        case .dealStage: .text(self.dealStages[dice.below(self.dealStages.count)])
        case .currency: .text(self.currencies[dice.below(self.currencies.count)])
        case .owner: .text("seller\(dice.below(3))@sim.example")
        }
    }

    /// What a person types in a CRM, with a tag; people type roughly.
    static func remote(_ tag: Int, _ form: WorldField.Form, _ dice: inout Dice) -> String {
        switch form {
        case .text: return self.text(tag, &dice, isRough: dice.happens(300))
        case .email:
            let name = "e\(tag)@Sim.example"
            return dice.happens(300) ? " \(name)" : name.lowercased()
        case .phone:
            let digits = Array("06" + self.padded(tag))
            guard dice.happens(400) else { return "+33" + String(digits.dropFirst()) }
            return stride(from: 0, to: 10, by: 2).map { String(digits[$0...($0 + 1)]) }.joined(separator: " ")
        case .number: return "\(tag).\(dice.one(of: ["25", "125", "375"]))"
        case .date: return "\(CalendarDate(days: 10_957 + Int32(tag)))"
        case .set: return "e\(tag)"
        case .stage: return self.remoteStages[dice.below(self.remoteStages.count)]
        case .dealStage: return self.remoteDealStages[dice.below(self.remoteDealStages.count)]
        case .currency: return self.currencies[dice.below(self.currencies.count)]
        case .owner: return String(76_000_001 + dice.below(3))
        }
    }

    private static func text(_ tag: Int, _ dice: inout Dice, isRough: Bool) -> String {
        let word = dice.one(of: self.words)
        let text = "e\(tag) \(word)" + (dice.happens(250) ? self.long : "")
        return isRough ? "  \(text) " : text
    }

    private static func padded(_ tag: Int) -> String {
        let digits = String(tag)
        return String(repeating: "0", count: max(0, 8 - digits.count)) + digits
    }

    private static func number(_ tag: Int, _ dice: inout Dice) -> Value {
        let text = "\(tag).\(dice.one(of: ["25", "125", "375"]))"
        return Number(text).map { .number($0) } ?? .absent
    }

    /// The tags in a value as it is printed, in ascending order.
    package static func found(in text: String, _ form: WorldField.Form) -> [Int] {
        guard !text.isEmpty else { return [] }
        switch form {
        case .text, .email, .set: return self.marked(text)
        case .phone:
            let digits = text.utf8.filter { (0x30...0x39).contains($0) }
            return Int(String(decoding: digits.suffix(8), as: UTF8.self)).map { [$0] } ?? []
        case .number:
            guard let value = Double(text), value.magnitude < 1e9 else { return [] }
            return [Int(value)]
        case .date:
            guard let date = CalendarDate(String(text.prefix(10))) else { return [] }
            return [Int(date.days) - 10_957]
        case .stage, .dealStage, .currency, .owner: return []
        }
    }

    /// The numbers behind an `e`.
    private static func marked(_ text: String) -> [Int] {
        var found: [Int] = []
        var number: Int?
        for byte in text.utf8 {
            if byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") {
                if let number, number > 0 { found.append(number) }
                number = 0
            } else if let known = number, (0x30...0x39).contains(byte) {
                number = known * 10 + Int(byte - 0x30)
            } else {
                if let number, number > 0 { found.append(number) }
                number = nil
            }
        }
        if let number, number > 0 { found.append(number) }
        return found.sorted()
    }
}
