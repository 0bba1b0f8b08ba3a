import Records

/// Conditions over the records of `RandomRecords`, as text; most of them are well typed.
struct RandomConditions {
    private var dice: Dice

    init(seed: UInt64) { self.dice = Dice(seed: seed) }

    mutating func next() -> String { self.condition(Int.random(in: 0...3, using: &self.dice)) }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &self.dice)]
    }

    private mutating func chance(_ one: Int) -> Bool { Int.random(in: 0..<one, using: &self.dice) == 0 }

    private mutating func condition(_ depth: Int) -> String {
        guard depth > 0 else { return self.leaf() }
        switch Int.random(in: 0..<8, using: &self.dice) {
        case 0, 1, 2: return "(\(self.condition(depth - 1)) && \(self.condition(depth - 1)))"
        case 3, 4: return "(\(self.condition(depth - 1)) || \(self.condition(depth - 1)))"
        case 5: return "!(\(self.condition(depth - 1)))"
        case 6: return "(\(self.condition(depth - 1)) ? \(self.condition(depth - 1)) : \(self.condition(depth - 1)))"
        default: return self.leaf()
        }
    }

    private mutating func leaf() -> String {
        switch Int.random(in: 0..<13, using: &self.dice) {
        case 0: return "has(contact.\(self.pick(RandomRecords.types.map(\.name))))"
        case 1: return "contact.\(self.pick(RandomRecords.types.map(\.name))) \(self.pick(["==", "!="])) null"
        case 2: return self.pick(["contact.vip", "contact.out", "!contact.vip", "contact.?vip.orValue(true)"])
        case 3: return "contact.?\(self.pick(RandomRecords.types.map(\.name))).hasValue()"
        case 4: return "\(self.text()) in \(self.list { $0.textLiteral() })"
        case 5: return "\(self.number()) in \(self.list { $0.numberLiteral() })"
        case 6: return "\(self.text()) in contact.\(self.pick(["tags", "groups"]))"
        case 7:
            return
                "contact.\(self.pick(["tags", "groups"])) == \(self.pick(["contact.tags", "contact.groups", "['a', 'b']", "[]", "['é']"]))"
        case 8: return "\(self.text()).\(self.pick(["startsWith", "endsWith", "contains"]))(\(self.text()))"
        case 9: return self.comparison { $0.text() }
        case 10: return self.comparison { $0.number() }
        case 11: return self.comparison { $0.moment() }
        default:
            return self.comparison {
                $0.pick(["contact.vip", "contact.out", "true", "has(contact.email)", "(contact.score > 1)"])
            }
        }
    }

    private mutating func comparison(_ operand: (inout RandomConditions) -> String) -> String {
        "\(operand(&self)) \(self.pick(["==", "!=", "<", "<=", ">", ">="])) \(operand(&self))"
    }

    private mutating func list(_ element: (inout RandomConditions) -> String) -> String {
        var elements = (0..<Int.random(in: 0...3, using: &self.dice)).map { _ in element(&self) }
        if self.chance(6) { elements.append("null") }
        return "[" + elements.joined(separator: ", ") + "]"
    }

    private mutating func text() -> String {
        switch Int.random(in: 0..<10, using: &self.dice) {
        case 0...3: return self.pick(["contact.email", "contact.name", "contact.plan"])
        case 4...6: return self.textLiteral()
        case 7: return "contact.?name.orValue(\(self.textLiteral()))"
        default:
            return
                "contact.\(self.pick(["email", "name"])).\(self.pick(["lowerAscii", "upperAscii", "trim", "domain"]))()"
        }
    }

    private mutating func textLiteral() -> String {
        "'"
            + self.pick(RandomRecords.texts).unicodeScalars.map { scalar in
                switch scalar {
                case "'", "\\": "\\" + String(scalar)
                case "\n": "\\n"
                case "\u{1}": "\\x01"
                default: String(scalar)
                }
            }.joined() + "'"
    }

    private mutating func number() -> String {
        switch Int.random(in: 0..<10, using: &self.dice) {
        case 0...3: self.pick(["contact.score", "contact.amount"])
        case 4: self.pick(["contact.stage", "contact.before", "stage.lead", "stage.mql", "stage.disqualified"])
        case 5:
            self.pick(["size(contact.tags)", "contact.groups.size()", "contact.email.size()", "size(contact.name)"])
        case 6: "contact.?score.orValue(\(self.pick(["0.0", "1.5", "50.0"])))"
        default: self.numberLiteral()
        }
    }

    private mutating func numberLiteral() -> String {
        let number = self.pick(RandomRecords.numbers)
        if !number.contains("."), self.chance(4) { return number + ".0" }
        return self.chance(12) ? self.pick(["9223372036854775807", "1e300", "18446744073709551615u"]) : number
    }

    private mutating func moment() -> String {
        switch Int.random(in: 0..<9, using: &self.dice) {
        case 0...4: self.pick(["contact.born", "contact.seen_at", "contact.joined", "contact.updated_at"])
        case 5: "timestamp('2026-03-02T00:00:00\(self.pick(["", ".000001", ".0000005", ".000000001"]))Z')"
        case 6: "timestamp('2026-03-02T12:00:00+02:00') - duration('\(self.pick(["0s", "36h", "1ms"]))')"
        case 7: "date('\(self.pick(RandomRecords.days))')"
        default: "date('2026-03-31').addMonths(-1)"
        }
    }
}
