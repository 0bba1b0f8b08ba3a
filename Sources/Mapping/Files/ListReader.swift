import Records

/// Reads an entry of `lists`: who is in a segment of ours, told to the CRM in a property.
///
/// A segment is a condition over the record alone, so that the field is computed like any other that is pushed: it moves
/// when something moves that the condition reads.
struct ListReader {
    static let keys = ["segment", "remote"] + MembershipReader.keys + ["in", "out", "drift", "initial", "write"]
    /// Where segments are described.
    private static let file = "Config/segments.yaml"

    let fields: FieldReader

    private var findings: Findings { self.fields.findings }

    /// The field of an entry; nil, with findings, if it has mistakes that leave none.
    func field(_ node: YAMLNode) -> FieldReader.Draft? {
        guard let table = YAMLTable(node, "the list", keys: Self.keys, self.findings) else { return nil }
        let remote = table.requiredText("remote")
        guard let place = table.required("segment"), let name = place.text("segment", self.findings),
            let condition = self.condition(of: name, at: place), let remote
        else { return nil }
        var rules = self.fields.rules(table, direction: .push, policy: .preferLocal, local: nil)
        rules.membership = FieldRules.Membership(
            yes: self.value(table["in"]) ?? .flag(true),
            no: self.value(table["out"]) ?? .flag(false)
        )
        return FieldReader.Draft(
            local: nil,
            remote: remote,
            kind: .computed,
            direction: .push,
            lens: LensChain([]),
            value: condition,
            policies: FieldReader.Policies(
                onConflict: .preferLocal,
                initial: table.choice("initial", as: FirstContactPolicy.self) ?? .preferLocal,
                onClear: .propagate,
                onCreateDefault: .ignore,
                authority: nil
            ),
            rules: rules,
            node: node
        )
    }

    private func value(_ node: YAMLNode?) -> Value? {
        guard let scalar = node?.scalar else { return nil }
        return scalar.isNull || scalar.text.isEmpty ? .null : .text(scalar.text)
    }

    /// The `when` of a segment of the mapping's object.
    func condition(of name: String, at place: YAMLNode) -> YAMLNode? {
        guard let bytes = self.fields.readFile(Self.file),
            let root = try? YAMLDocument.parse(bytes, file: Self.file)
        else {
            self.findings.error(
                at: place.location,
                "there is no segment \"\(name)\", as there is no \(Self.file)",
                mend: "describe it there, with its object and when"
            )
            return nil
        }
        guard let segment = root.entries?.first(where: { $0.key.hasSameBytes(as: name) })?.value else {
            self.findings.error(
                at: place.location,
                "there is no segment \"\(name)\"",
                mend: NearestName.mend(name, among: (root.entries ?? []).map(\.key))
            )
            return nil
        }
        let object = segment["object"]?.scalar?.text ?? "contact"
        guard object.hasSameBytes(as: self.fields.object.name) else {
            self.findings.error(
                at: place.location,
                "\(name) is a segment of \(object), and this is a mapping of \(self.fields.object.name)",
                mend: "name a segment of \(self.fields.object.name)"
            )
            return nil
        }
        // What is wrong with a segment is told where it stands.
        return segment["when"]
    }
}
