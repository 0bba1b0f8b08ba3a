extension YAMLNode {
    /// The same tree with `${name}` in scalars replaced by the value of the variable.
    ///
    /// Values go into text that is parsed already, so they can never change the shape of the file. An unknown variable
    /// gets a finding and stays as it is. Keys are left alone.
    package func substituting(_ variables: [String: String], _ findings: Findings) -> YAMLNode {
        switch self.content {
        case .scalar(let scalar):
            guard scalar.text.contains("${") else { return self }
            let text = self.expand(scalar.text, variables, findings)
            return YAMLNode(.scalar(scalar.replacing(text: text)), at: self.location)
        case .sequence(let elements):
            return YAMLNode(.sequence(elements.map { $0.substituting(variables, findings) }), at: self.location)
        case .mapping(let entries):
            let substituted = entries.map {
                YAMLEntry(key: $0.key, at: $0.location, value: $0.value.substituting(variables, findings))
            }
            return YAMLNode(.mapping(substituted), at: self.location)
        }
    }

    private func expand(_ text: String, _ variables: [String: String], _ findings: Findings) -> String {
        var result = ""
        var rest = text.unicodeScalars[...]
        while let dollar = rest.indices.first(where: { rest[$0...].starts(with: "${".unicodeScalars) }) {
            result.unicodeScalars += rest[..<dollar]
            let start = rest.index(dollar, offsetBy: 2)
            guard let end = rest[start...].firstIndex(of: "}") else {
                findings.error(at: self.location, "\"${\" has no closing \"}\"", mend: "write ${name}")
                return text
            }
            let name = String(rest[start..<end])
            if let value = variables[name] {
                result += value
            } else {
                let known = variables.keys
                findings.error(
                    at: self.location,
                    "there is no variable \"\(name)\"",
                    mend: known.isEmpty ? "define it" : NearestName.mend(name, among: known)
                )
                result.unicodeScalars += rest[dollar...end]
            }
            rest = rest[rest.index(after: end)...]
        }
        result.unicodeScalars += rest
        return result
    }
}
