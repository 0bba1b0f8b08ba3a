package import Records

/// For a CRM that says true and false in words of its own, such as `Y` and `N`.
package struct WordsLens: AgreementLens {
    /// The word for true.
    package let yes: Text
    /// The word for false.
    package let no: Text

    /// Creates the transform; the words must differ.
    package init(yes: Text, no: Text) {
        self.yes = yes
        self.no = no
    }

    package var name: String { "words" }
    package var definition: String { "words(\(self.yes.string),\(self.no.string))" }
    package var lensClass: LensClass { .iso }
    package var domain: String { "\(self.yes.string) and \(self.no.string)" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .flag }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        self.makeLocal(remote, previous: .absent, in: context) == .value(local)
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        switch remote {
        case .text(self.yes): .value(.flag(true))
        case .text(self.no): .value(.flag(false))
        default: .unmapped("neither \(self.yes.string) nor \(self.no.string)")
        }
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard case .flag(let flag) = local else {
            return .unmapped("\(local.kindName) where true or false is expected")
        }
        return .value(.text(flag ? self.yes : self.no))
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        source.pick([.text(self.yes), .text(self.no), source.value(of: .text)]) ?? .null
    }
}
