import Records

/// Compares what two sides hold without asking the engine's own transforms.
enum Canon {
    /// Whether a local value and a CRM's text say the same, given what the CRM can hold.
    static func same(_ field: WorldField, local: String, remote: String, characters: Int?, decimals: Int?) -> Bool {
        if local.hasSameBytes(as: remote) { return true }
        let (one, other) = (Self.canon(local, field.form), Self.canon(remote, field.form))
        if one == other { return true }
        switch field.form {
        case .text, .set:
            guard let characters, local.utf8.count > characters else { return false }
            // A CRM that trims does so before it cuts.
            return [local, Self.trimmed(local)].contains {
                Self.canon(String($0.prefix(characters)), field.form) == other
            }
        case .number:
            guard let left = Double(one), let right = Double(other) else { return false }
            // A mapping's `scale: 0`, or a CRM that rounds: equal when rounded to what is kept.
            return (left - right).magnitude <= 0.5
        default: return false
        }
    }

    /// The plain form of a value.
    static func canon(_ text: String, _ form: WorldField.Form) -> String {
        let trimmed = Self.trimmed(text)
        switch form {
        case .text: return trimmed.split { $0 == " " }.joined(separator: " ")
        case .email: return trimmed.lowercased()
        case .phone:
            let digits = trimmed.utf8.filter { (0x30...0x39).contains($0) }
            guard digits.count >= 9 else { return trimmed }
            return String(decoding: digits.suffix(9), as: UTF8.self)
        case .number: return Double(trimmed).map { "\($0)" } ?? trimmed
        case .date: return String(trimmed.prefix(10))
        case .set: return trimmed.split(separator: ";").map { Self.trimmed(String($0)) }.sorted().joined(separator: ";")
        case .stage: return Self.local(trimmed, Tag.remoteStages, Tag.stages)
        case .dealStage: return Self.local(trimmed, Tag.remoteDealStages, Tag.dealStages)
        case .currency: return trimmed.uppercased()
        case .owner:
            guard let id = Int(trimmed), id > 76_000_000 else { return trimmed }
            return "seller\(id - 76_000_001)@sim.example"
        }
    }

    /// A value of ours as text; blank is empty.
    static func text(_ value: Value) -> String {
        switch value {
        case .absent, .null: ""
        case .text(let text): text.string
        case .number(let number): number.description
        case .flag(let flag): flag ? "true" : "false"
        case .date(let date): date.description
        case .instant(let instant): instant.description
        case .set(let elements): elements.map(\.string).joined(separator: ";")
        }
    }

    private static func local(_ text: String, _ remote: [String], _ local: [String]) -> String {
        remote.firstIndex(of: text).map { local[$0] } ?? text
    }

    private static func trimmed(_ text: String) -> String {
        let bytes = Array(text.utf8)
        let isBlank = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(decoding: bytes[first...last], as: UTF8.self)
    }
}
