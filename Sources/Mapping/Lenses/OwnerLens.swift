package import Records

/// Ties a CRM user to the e-mail address of a person of ours.
///
/// A user who is unknown, inactive or without address, and an address that no active user or several have, is unmapped
/// (R14): nobody is taken off a record because a table of users has a hole. The user under whose name we write ourselves
/// reads as nobody (R12): a CRM makes it the owner of what we create.
///
/// With a stated fallback, whoever has no counterpart becomes that person on the other side instead, and stays who it is
/// on its own: what the fallback stands for is the complement.
package struct OwnerLens: AgreementLens {
    /// The e-mail address, in lower case, of who stands for everybody without a counterpart; nil if nobody does.
    package let fallback: Text?

    /// Creates the transform.
    package init(fallback: Text? = nil) {
        self.fallback = fallback.map { TextBytes.lowercased(TextBytes.trimmed($0)) }
    }

    package var name: String { "owner_by_email" }
    package var definition: String { self.fallback.map { "\(self.name)(\($0.string))" } ?? self.name }
    package var lensClass: LensClass { .partial }
    package var domain: String { "active CRM users with an e-mail address of their own" }
    package var canonicalForm: String { "the e-mail address in lower case" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .text }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        guard case .text(let email) = local, case .text(let owner) = remote else { return false }
        let canonical = TextBytes.lowercased(TextBytes.trimmed(email))
        let (theirs, ours) = (
            context.ownerEmail(remoteOwner: owner).map { TextBytes.lowercased($0) },
            context.remoteOwner(email: canonical)
        )
        if theirs == canonical || ours == owner { return true }
        guard let fallback = self.fallback, let person = context.remoteOwner(email: fallback),
            !context.isOwnUser(owner)
        else { return false }
        // Either side may hold what only the fallback stands for on the other.
        return (theirs == nil && canonical == fallback) || (ours == nil && owner == person)
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        if case .text(let owner) = remote, context.isOwnUser(owner) { return .value(.null) }
        guard case .text(let owner) = remote, let email = context.ownerEmail(remoteOwner: owner) else {
            // A fallback whom the CRM does not know could not be written back.
            if let fallback = self.fallback, context.remoteOwner(email: fallback) != nil {
                return .value(.text(fallback))
            }
            return .unmapped("a CRM user who is unknown, inactive or without e-mail address")
        }
        return .value(.text(TextBytes.lowercased(email)))
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard case .text(let email) = local,
            let owner = context.remoteOwner(email: TextBytes.lowercased(TextBytes.trimmed(email)))
                ?? self.fallback.flatMap({ context.remoteOwner(email: $0) })
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
