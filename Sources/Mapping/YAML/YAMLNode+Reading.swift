import Records

extension YAMLNode {
    /// The text of a scalar; adds a finding and gives nil for anything else, an empty value included.
    ///
    /// `what` is what the message calls the value: `the filter`.
    package func text(_ what: String, _ findings: Findings) -> String? {
        guard let scalar = self.scalar, !scalar.isNull else {
            self.refuse(what, "text", findings, mend: self.isNull ? "fill it in, or quote the word" : "write one value")
            return nil
        }
        return scalar.text
    }

    /// `true` or `false`, unquoted; adds a finding and gives nil for anything else.
    package func flag(_ what: String, _ findings: Findings) -> Bool? {
        if let scalar = self.scalar, scalar.style == .plain {
            if scalar.text == "true" { return true }
            if scalar.text == "false" { return false }
            let words = ["yes": "true", "on": "true", "no": "false", "off": "false"]
            if let word = words[scalar.text.lowercased()] {
                self.refuse(what, "true or false", findings, mend: "write \(word)")
                return nil
            }
        }
        self.refuse(what, "true or false", findings, mend: "write true or false")
        return nil
    }

    /// A whole number within `range`, unquoted; adds a finding and gives nil for anything else.
    package func integer(_ what: String, in range: ClosedRange<Int>, _ findings: Findings) -> Int? {
        let number = self.scalar.flatMap { $0.style == .plain ? Int($0.text) : nil }
        if let number, range.contains(number) { return number }
        let limits = "from \(range.lowerBound) to \(range.upperBound)"
        self.refuse(what, number == nil ? "a whole number" : limits, findings, mend: "write a number \(limits)")
        return nil
    }

    /// One of a closed set of words; adds a finding and gives nil for anything else.
    package func choice<Choice: RawRepresentable & CaseIterable>(
        _ what: String,
        as type: Choice.Type,
        _ findings: Findings
    ) -> Choice? where Choice.RawValue == String {
        guard let text = self.text(what, findings) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        findings.error(
            at: self.location,
            "\(what) cannot be \"\(text)\"",
            mend: NearestName.mend(text, among: type.allCases.map(\.rawValue))
        )
        return nil
    }

    /// The elements of a list; adds a finding and gives nil for anything else.
    package func list(_ what: String, _ findings: Findings) -> [YAMLNode]? {
        if let elements = self.elements { return elements }
        self.refuse(what, "a list", findings, mend: "write [ … ] or one element a line, each with \"- \"")
        return nil
    }

    /// A list of texts; adds a finding for each element that is none and leaves it out.
    package func texts(_ what: String, _ findings: Findings) -> [String]? {
        self.list(what, findings)?.compactMap { $0.text("an element of \(what)", findings) }
    }

    private func refuse(_ what: String, _ wanted: String, _ findings: Findings, mend: String) {
        let found = self.scalar.flatMap { $0.isNull ? nil : "\"\($0.text.prefix(40))\"" } ?? self.kindName
        findings.error(at: self.location, "\(what) must be \(wanted), not \(found)", mend: mend)
    }
}
