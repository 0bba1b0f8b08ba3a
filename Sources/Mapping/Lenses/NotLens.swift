import Records

/// Turns a flag round, for a CRM that keeps a refusal where we keep a consent.
struct NotLens: AgreementLens {
    /// Creates the transform.
    init() {}

    package var name: String { "not" }
    package var lensClass: LensClass { .iso }
    package var domain: String { "true and false" }
    package var remoteShape: ValueShape { .flag }
    package var localShape: ValueShape { .flag }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        self.makeLocal(remote, previous: .absent, in: context) == .value(local)
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard case .flag(let flag) = remote else {
            return .unmapped("\(remote.kindName) where true or false is expected")
        }
        return .value(.flag(!flag))
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        self.makeLocal(local, previous: previous, in: context)
    }
}
