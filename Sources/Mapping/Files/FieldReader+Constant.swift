import Records

/// Reads the `constant` of a field.
extension FieldReader {
    /// A constant as an expression; nil with a finding if the property cannot hold it.
    func constant(_ node: YAMLNode, _ local: PropertySchema?) -> YAMLNode? {
        guard let scalar = node.scalar, !scalar.isNull else {
            self.findings.error(
                at: node.location,
                "a constant is one value",
                mend: "write it plainly, as in constant: web"
            )
            return nil
        }
        guard local.map({ self.canHold(scalar.text, $0, at: node.location) }) ?? true else { return nil }
        let quoted = "'\(Self.escaped(scalar.text))'"
        let source =
            switch local?.type.shape {
            case .flag: scalar.text
            case .number: "double(\(quoted))"
            case .set: "[\(quoted)]"
            case .date: "date(\(quoted))"
            case .instant: "timestamp(\(quoted))"
            default: quoted
            }
        return YAMLNode(.scalar(scalar.replacing(text: source)), at: node.location)
    }

    /// Whether a property can hold what a constant says; adds a finding if not.
    private func canHold(_ text: String, _ property: PropertySchema, at location: SourceLocation) -> Bool {
        let mend: String
        switch property.type {
        case .flag where text != "true" && text != "false": mend = "write true or false"
        case .number where Number(text) == nil: mend = "write a number, such as 12.5"
        case .date where CalendarDate(text) == nil: mend = "write a day, such as 2026-11-22"
        case .instant where Instant(text) == nil: mend = "write a time, such as 2026-11-22T09:30:00Z"
        default:
            let known = self.values(of: property)
            guard !known.isEmpty, !known.contains(Text(text)) else { return true }
            mend = NearestName.mend(text, among: known.map(\.string))
        }
        self.findings.error(at: location, "\(property.name) cannot be \"\(text)\"", mend: mend)
        return false
    }

    /// The values of a property that holds no others; empty for one that may hold any.
    func values(of property: PropertySchema) -> [Text] {
        switch property.type {
        case .option(let options), .set(let options): options
        case .stage: self.lifecycle.stages + self.lifecycle.sideStages
        default: []
        }
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
