package import Records

/// Transforms that bring text into a canonical form: both sides agree when their canonical forms do.
package struct NormalLens: CheckedLens {
    /// The canonical forms.
    package enum Form: String, Hashable, Sendable, CaseIterable {
        /// Without white space at both ends.
        case trim
        /// In lower case.
        case lowercase
        /// In upper case.
        case uppercase
        /// Every run of white space as one space, and none at both ends.
        case whitespace
        /// Unicode's normal form C.
        case nfc
    }

    /// The canonical form.
    package let form: Form

    /// Creates the transform.
    package init(_ form: Form) {
        self.form = form
    }

    package var name: String { self.form.rawValue }
    package var lensClass: LensClass { .quotient }

    package var canonicalForm: String {
        switch self.form {
        case .trim: "without white space at both ends"
        case .lowercase: "lower case"
        case .uppercase: "upper case"
        case .whitespace: "single spaces, none at both ends"
        case .nfc: "normal form C"
        }
    }

    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        .value(self.carry(remote, onto: local))
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        .value(self.carry(local, onto: remote))
    }

    /// A side that says the same already keeps its spelling; what is blank in canonical form is blank.
    private func carry(_ value: Value, onto previous: Value) -> Value {
        let canonical = value.isBlank ? value : self.canonical(value)
        let isPreviousBlank = previous.isBlank
        if canonical.isBlank {
            return isPreviousBlank || self.canonical(previous).isBlank ? previous : value == .absent ? .absent : .null
        }
        return !isPreviousBlank && self.canonical(previous) == canonical ? previous : canonical
    }

    /// The canonical form of a text or of each element of a set; other values are theirs.
    package func canonical(_ value: Value) -> Value {
        switch value {
        case .text(let text):
            return .text(self.canonical(text))
        case .set(let elements):
            return .set(of: elements.map { self.canonical($0) }.filter { !$0.isEmpty })
        default: return value
        }
    }

    private func canonical(_ text: Text) -> Text {
        switch self.form {
        case .trim: TextBytes.trimmed(text)
        case .lowercase: TextBytes.lowercased(text)
        case .uppercase: TextBytes.uppercased(text)
        case .whitespace: TextBytes.collapsed(text)
        case .nfc: TextBytes.composed(text)
        }
    }
}
