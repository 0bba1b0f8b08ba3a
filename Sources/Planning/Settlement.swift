package import Mapping
package import Records

/// One field of a write that was sent: what it came from, what was sent, and what was there before.
package struct SentField: Hashable, Sendable {
    /// The field's position in its mapping.
    package let field: Int
    /// The local value that the write was made from.
    package let source: Value
    /// What was sent, in remote terms: *v*.
    package let sent: Value
    /// What the remote side held just before: *r0*.
    package let previous: Value

    /// Creates a sent field.
    package init(field: Int, source: Value, sent: Value, previous: Value) {
        self.field = field
        self.source = source
        self.sent = sent
        self.previous = previous
    }
}

/// How sure it is that a value shows what our write did.
package enum Evidence: Hashable, Sendable {
    /// The write's own answer gave the value, or a read of the record at the very version that the answer gave.
    case answer
    /// The write was answered; the value was read back by id afterwards.
    case readBack
    /// The write was never answered; the value was read by id afterwards.
    case readBackOfUnknown
}

/// What became of one sent field (R1).
package enum FieldSettlement: Hashable, Sendable {
    /// Both sides agree: the shadow becomes (`source`, `remote`).
    case agreed(remote: Value)
    /// The write was accepted and the value is still the old one: the CRM ignored it.
    ///
    /// The shadow stays; nothing is tried again until a side changes.
    case ignored
    /// An unanswered write left the old value, so that it was not carried out; or the CRM does not say what it holds.
    ///
    /// Plan again.
    case notApplied
    /// Somebody changed the value after our write: the shadow becomes what we sent, `remote` is a new remote change.
    case overtaken(remote: Value)
}

/// R1, the settling of a write: what was sent against what is there now.
///
/// *We push Lyon, the answer is lost, a salesperson types Nice: Nice must not become "agreed".*
package struct Settlement: Sendable {
    private let mapping: CompiledMapping
    /// What the CRM makes of a value by its known habits, as the manifest says: `(property, value)` to its normal form.
    private let normalise: @Sendable (String, Value) -> Value

    /// Creates the rule for a mapping and a connector's known normal forms.
    package init(_ mapping: CompiledMapping, normalise: @escaping @Sendable (String, Value) -> Value = { $1 }) {
        self.mapping = mapping
        self.normalise = normalise
    }

    /// Settles one field.
    ///
    /// `isByIntegration`: the CRM's history says that no person wrote what is there now.
    package func settle(
        _ sent: SentField,
        found remote: Value,
        by evidence: Evidence,
        isByIntegration: Bool = false,
        in context: any LensContext
    ) -> FieldSettlement {
        let field = self.mapping.fields[sent.field]
        // A requested field that the CRM does not mention is unreadable and shows nothing, least of all a clear (R10).
        if remote == .absent, evidence != .answer { return .notApplied }
        if remote == sent.sent || (remote.isBlank && sent.sent.isBlank) { return .agreed(remote: remote) }
        if Breakage.anyReadbackIsAgreed.isOn { return .agreed(remote: remote) }
        // The CRM's known form of ours may have stood there before: sending it again would change nothing, each time.
        let isNormalForm = field.remote.map { self.normalise($0, sent.sent) == remote } ?? false
        if !isNormalForm, remote == sent.previous || (remote.isBlank && sent.previous.isBlank) {
            if Breakage.ignoredWriteIsAgreed.isOn { return .agreed(remote: remote) }
            if Breakage.retryIgnoredWrite.isOn { return .notApplied }
            return evidence == .readBackOfUnknown ? .notApplied : .ignored
        }
        if evidence == .answer || isNormalForm { return .agreed(remote: remote) }
        if field.same(local: sent.source, remote: remote, in: context) { return .agreed(remote: remote) }
        if Self.isCut(sent.sent, remote) { return .agreed(remote: remote) }
        if isByIntegration, Self.isOwnForm(sent.sent, remote) { return .agreed(remote: remote) }
        return .overtaken(remote: remote)
    }

    /// Whether a CRM that keeps whole milliseconds, or whole seconds, made this of a time, or one that keeps so many
    /// decimals of a number: nobody types the same so closely by hand, and what is cut off stays ours (R19).
    private static func isCut(_ sent: Value, _ remote: Value) -> Bool {
        if let sent = Self.number(sent), let kept = Self.number(remote) { return Self.isRounded(sent, kept) }
        guard let sent = self.instant(sent)?.microseconds, let kept = self.instant(remote)?.microseconds else {
            return false
        }
        return [1_000, 1_000_000].contains { (unit: Int64) in kept % unit == 0 && abs(sent - kept) < unit }
    }

    /// Whether a CRM made this of ours by rounding, cutting, trimming or lower-casing it.
    ///
    /// A person may have typed the same; a program that wrote it just then is ours.
    private static func isOwnForm(_ sent: Value, _ remote: Value) -> Bool {
        if let sent = Self.number(sent), let kept = Self.number(remote) {
            return Self.isRounded(sent, kept, decimals: 0)
        }
        guard let sent = sent.text.map(Self.folded), let kept = remote.text.map(Self.folded), !kept.isEmpty else {
            return false
        }
        return sent == kept || kept.count >= Self.shortestCut && sent.starts(with: kept)
    }

    /// The least bytes that a CRM keeps of a text: the beginning of a name may be a name as well.
    private static let shortestCut = 10

    private static func folded(_ text: Text) -> [UInt8] {
        Array(text.string.lowercased().utf8.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed())
    }

    /// Whether a number is another one, rounded to fewer decimals; a whole number somebody may have typed.
    private static func isRounded(_ sent: Number, _ kept: Number, decimals least: Int = 1) -> Bool {
        guard kept.scale >= least, sent.scale > kept.scale else { return false }
        let unit = (0..<(sent.scale - kept.scale)).reduce(Int128(1)) { product, _ in product * 10 }
        let difference = Int128(sent.significand) - Int128(kept.significand) * unit
        return 2 * difference.magnitude <= unit.magnitude
    }

    /// Many CRMs give numbers as texts.
    private static func number(_ value: Value) -> Number? {
        switch value {
        case .number(let number): number
        case .text(let text): Number(text.string)
        default: nil
        }
    }

    private static func instant(_ value: Value) -> Instant? {
        switch value {
        case .instant(let instant): instant
        case .text(let text): Instant(text.string)
        default: nil
        }
    }
}
