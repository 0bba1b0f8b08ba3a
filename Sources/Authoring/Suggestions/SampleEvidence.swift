import Records

/// What sampled values say about a pair.
struct SampleEvidence: Sendable {
    /// How many of the sampled values look like what the property holds; nil where there is no such look.
    var looks: (like: Int, of: Int, what: String)?
    /// How many of the CRM's different values stand in ours too.
    var shared: (common: Int, of: Int)?

    /// The value of a pair in the light of the samples.
    func weighing(_ value: Double) -> Double {
        var result = value
        if let looks, looks.of >= 5 {
            let share = Double(looks.like) / Double(looks.of)
            if share >= 0.8 { result = max(result, 0.45) + (1 - max(result, 0.45)) * 0.3 }
            if share <= 0.2 { result *= 0.4 }
        }
        if let shared, shared.of >= 5 {
            let share = Double(shared.common) / Double(shared.of)
            if share >= 0.5 { result = max(result, 0.5) + (1 - max(result, 0.5)) * 0.6 * share }
        }
        return result
    }

    /// What it says in words; empty if nothing.
    var reasons: [String] {
        var reasons: [String] = []
        if let looks, looks.of >= 5, looks.like * 2 > looks.of {
            reasons.append("\(looks.like) of \(looks.of) sampled values look like \(looks.what)")
        }
        if let shared, shared.of >= 5, shared.common * 2 >= shared.of {
            reasons.append("\(shared.common) of \(shared.of) sampled values are ours too")
        }
        return reasons
    }

    /// What the values of some properties look like, whatever these are called.
    static func looks(of values: [Text], as concept: Concept?) -> (like: Int, of: Int, what: String)? {
        let look: (what: String, test: (Text) -> Bool)? =
            switch concept?.name {
            case "email": ("e-mail addresses", self.isEmail)
            case "phone", "mobile_phone": ("telephone numbers", self.isPhone)
            case "website": ("web addresses", self.isWebAddress)
            case "domain": ("domain names", self.isDomain)
            case "currency": ("currency codes", { $0.string.utf8.count == 3 && $0.string.allSatisfy(\.isLetter) })
            default: nil
            }
        guard let look else { return nil }
        return (values.count { look.test($0) }, values.count, look.what)
    }

    private static func isEmail(_ text: Text) -> Bool {
        let parts = text.string.utf8.split(separator: 0x40, omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && parts[1].contains(0x2E) && !text.string.utf8.contains(0x20)
    }

    private static func isPhone(_ text: Text) -> Bool {
        let bytes = text.string.utf8
        let digits = bytes.count { (0x30...0x39).contains($0) }
        return (6...15).contains(digits) && bytes.allSatisfy { $0 < 0x41 }
    }

    private static func isWebAddress(_ text: Text) -> Bool {
        let text = text.string.lowercased()
        return ["http://", "https://", "www."].contains { text.hasPrefix($0) } && text.utf8.contains(0x2E)
    }

    private static func isDomain(_ text: Text) -> Bool {
        let bytes = text.string.utf8
        return bytes.contains(0x2E) && !bytes.contains(0x40) && !bytes.contains(0x20) && !bytes.contains(0x2F)
            && bytes.contains { (0x61...0x7A).contains($0 | 0x20) }
    }
}
