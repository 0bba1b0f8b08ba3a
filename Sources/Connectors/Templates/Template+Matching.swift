import Records

extension Template {
    /// The values of the places with which this template would give `value`; nil if it cannot.
    ///
    /// The inverse of `rendered`, for the forms in which an API writes dates and numbers. Members that the template does
    /// not name are allowed; text with several places is not taken apart.
    func bindings(in value: JSON) -> [String: JSON]? {
        switch self {
        case .constant(let expected): return expected.isSame(as: value) ? [:] : nil
        case .reference(let name): return [name: value]
        case .text(let parts): return Self.bindings(parts, in: value)
        case .object(let members):
            guard case .object = value else { return nil }
            return Self.merged(members.map { key, template in value[key].flatMap(template.bindings) })
        case .array(let elements):
            guard let found = value.array, found.count == elements.count else { return nil }
            return Self.merged(zip(elements, found).map { $0.bindings(in: $1) })
        case .each: return nil
        }
    }

    private static func bindings(_ parts: [TemplatePart], in value: JSON) -> [String: JSON]? {
        guard let text = value.string else { return nil }
        var (prefix, name, suffix) = ("", String?.none, "")
        for part in parts {
            switch part {
            case .literal(let literal): if name == nil { prefix += literal } else { suffix += literal }
            case .reference(let reference):
                guard name == nil else { return nil }
                name = reference
            }
        }
        let bytes = Array(text.utf8)
        guard let name, bytes.count >= prefix.utf8.count + suffix.utf8.count, bytes.starts(with: prefix.utf8),
            bytes.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
        else { return nil }
        let middle = bytes.dropFirst(prefix.utf8.count).dropLast(suffix.utf8.count)
        return [name: .string(String(decoding: middle, as: UTF8.self))]
    }

    private static func merged(_ all: [[String: JSON]?]) -> [String: JSON]? {
        var result: [String: JSON] = [:]
        for bindings in all {
            guard let bindings else { return nil }
            result.merge(bindings) { first, _ in first }
        }
        return result
    }
}

extension JSON {
    /// Whether two values mean the same to a manifest: `true` and `1` do, because SQLite has no truth values.
    func isSame(as other: JSON) -> Bool {
        switch (self, other) {
        case (.bool(let flag), .number(let digits)), (.number(let digits), .bool(let flag)):
            digits.hasSameBytes(as: flag ? "1" : "0")
        case (.string(let text), .number(let digits)), (.number(let digits), .string(let text)):
            text.hasSameBytes(as: digits)
        default: self == other
        }
    }
}
