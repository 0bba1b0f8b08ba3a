package import Records

/// Ties a CRM user to the e-mail address of a person of ours.
///
/// A user who is unknown, inactive or without address, and an address that no active user or several have, is unmapped
/// (R14): nobody is taken off a record because a table of users has a hole. The user under whose name we write ourselves
/// reads as nobody (R12): a CRM makes it the owner of what we create.
package struct OwnerLens: AgreementLens {
    /// Creates the transform.
    package init() {}

    package var name: String { "owner_by_email" }
    package var lensClass: LensClass { .partial }
    package var domain: String { "active CRM users with an e-mail address of their own" }
    package var canonicalForm: String { "the e-mail address in lower case" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .text }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        guard case .text(let email) = local, case .text(let owner) = remote else { return false }
        let canonical = TextBytes.lowercased(TextBytes.trimmed(email))
        return context.ownerEmail(remoteOwner: owner).map { TextBytes.lowercased($0) == canonical } ?? false
            || context.remoteOwner(email: canonical) == owner
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        if case .text(let owner) = remote, context.isOwnUser(owner) { return .value(.null) }
        guard case .text(let owner) = remote, let email = context.ownerEmail(remoteOwner: owner) else {
            return .unmapped("a CRM user who is unknown, inactive or without e-mail address")
        }
        return .value(.text(TextBytes.lowercased(email)))
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard case .text(let email) = local,
            let owner = context.remoteOwner(email: TextBytes.lowercased(TextBytes.trimmed(email)))
        else { return .unmapped("an e-mail address that no active CRM user has, or several") }
        return .value(.text(owner))
    }

    func remains(of value: Value, on side: Side, in context: any LensContext) -> Value {
        guard side == .remote, case .text(let owner) = value, context.isOwnUser(owner) else { return .null }
        return value
    }

    package func sampleLocal(_ source: inout SampleSource) -> Value {
        source.pick(SampleContext.owners).map { .text(source.oneIn(4) ? TextBytes.uppercased($0.email) : $0.email) }
            ?? .null
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        source.oneIn(6) ? source.value(of: .text) : source.pick(SampleContext.owners).map { .text($0.id) } ?? .null
    }
}
