import Records

/// Makes one text of the fields that split it, so that each of them holds its own part.
///
/// Without that, two fields that write one property would each write back the other's old part.
struct PartReader {
    let findings: Findings

    /// The transforms that may stand before a `split` that several fields share: they leave joined texts as they are.
    private static func mayStandBefore(_ lens: any Lens) -> Bool {
        switch lens {
        case let lens as NormalLens: [.trim, .whitespace, .nfc].contains(lens.form)
        case is AffixLens, is CoercionLens: true
        default: false
        }
    }

    /// A field that writes a part of a text.
    private struct Member {
        let position: Int
        let field: MappingField
        let split: SplitLens
        let before: [any Lens]
        let after: [any Lens]

        init?(_ position: Int, _ field: MappingField) {
            guard field.kind == .property, field.direction != .pull,
                let lenses = (field.lens as? LensChain)?.lenses,
                let place = lenses.firstIndex(where: { $0 is SplitLens }), let split = lenses[place] as? SplitLens
            else { return nil }
            self.position = position
            self.field = field
            self.split = split
            self.before = Array(lenses[..<place])
            self.after = Array(lenses[(place + 1)...])
        }

        var remote: String { self.field.remote ?? "" }
        var form: TextParts { self.split.form }
        var definition: [String] { self.before.map { ($0 as? any CheckedLens)?.definition ?? "" } }
    }

    /// Whether a field writes a part of a text; two such fields are told about here.
    static func writesPart(_ field: MappingField) -> Bool { Member(0, field) != nil }

    /// Whether another field writes a part of the same text.
    static func sharesText(_ field: MappingField, in fields: [MappingField]) -> Bool {
        guard let own = Member(0, field) else { return false }
        return fields.contains { other in
            other !== field && (Member(0, other)?.remote.hasSameBytes(as: own.remote) ?? false)
        }
    }

    /// The fields, those that share a text knowing of it; findings for those that share one and cannot.
    func joined(_ fields: [MappingField]) -> [MappingField] {
        let members = fields.enumerated().compactMap { Member($0, $1) }
        var (result, seen) = (fields, Set<Text>())
        for first in members where seen.insert(Text(first.remote)).inserted {
            let all = members.filter { $0.remote.hasSameBytes(as: first.remote) }
            guard all.count > 1, self.isSound(all, among: fields) else { continue }
            for member in all { result[member.position] = Self.part(member) }
        }
        return result
    }

    private static func part(_ member: Member) -> MappingField {
        let field = member.field
        let lens = PartLens(form: member.form, part: member.split.part)
        return MappingField(
            local: field.local,
            remote: field.remote,
            kind: field.kind,
            direction: field.direction,
            onConflict: field.onConflict,
            initial: field.initial,
            onClear: field.onClear,
            authority: field.authority,
            onCreateDefault: field.onCreateDefault,
            lens: LensChain([lens] + member.after),
            type: field.type,
            rules: field.rules,
            expression: field.expression,
            newValue: field.newValue,
            // What its shadow holds is the part, no longer the whole text.
            fingerprint: Fingerprint.of([field.fingerprint, lens.definition]),
            location: field.location,
            part: FieldPart(form: member.form, index: member.split.part, before: LensChain(member.before))
        )
    }

    private func isSound(_ all: [Member], among fields: [MappingField]) -> Bool {
        guard self.agree(all) else { return false }
        // The same part twice is told of as any property that two fields write.
        guard Set(all.map(\.split.part)).count == all.count else { return false }
        if let one = all.first(where: { $0.field.direction != .both }) {
            self.findings.error(
                at: one.field.location,
                "\(one.field.name) is only pushed, but \(one.remote) is made of parts that are read back as well",
                mend: "remove direction, or push \(one.remote) by a value"
            )
            return false
        }
        return self.isWhole(all, among: fields)
    }

    /// All of them must take the text apart in the same way.
    private func agree(_ all: [Member]) -> Bool {
        for member in all {
            if member.form != all[0].form {
                self.findings.error(
                    at: member.field.location,
                    "\(all[0].field.name) and \(member.field.name) split \(member.remote) differently",
                    mend: "give both the same by, of and alone"
                )
                return false
            }
            if let lens = member.before.first(where: { !Self.mayStandBefore($0) }) {
                let name = (lens as? any CheckedLens)?.name ?? "it"
                self.findings.error(
                    at: member.field.location,
                    "\(name) stands before split, where it would change the other parts of \(member.remote) as well",
                    mend: "move \(name) behind split"
                )
                return false
            }
            if member.definition != all[0].definition {
                self.findings.error(
                    at: member.field.location,
                    "\(all[0].field.name) and \(member.field.name) read \(member.remote) differently before they split it",
                    mend: "give both the same transforms before split"
                )
                return false
            }
        }
        return true
    }

    /// Every part must be there, or the text cannot be joined.
    private func isWhole(_ all: [Member], among fields: [MappingField]) -> Bool {
        let (first, known) = (all[0], all.map(\.split.part))
        guard let missing = (0..<first.form.count).first(where: { !known.contains($0) }) else { return true }
        let pulled = fields.first { field in
            guard field.direction == .pull, field.remote?.hasSameBytes(as: first.remote) ?? false else { return false }
            return ((field.lens as? LensChain)?.lenses ?? []).contains { ($0 as? SplitLens)?.part == missing }
        }
        let names = all.map(\.field.name).joined(separator: " and ")
        let mend =
            pulled.map { "remove direction: pull from \($0.name)" }
            ?? "map part \(missing + 1) too, or add direction: pull to them and push \(first.remote) by a value"
        self.findings.error(
            at: all[all.count - 1].field.location,
            "\(names) are parts of \(first.remote), which cannot be joined without part \(missing + 1) of "
                + "\(first.form.count)",
            mend: mend
        )
        return false
    }
}
