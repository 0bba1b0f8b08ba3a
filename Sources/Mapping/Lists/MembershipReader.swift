import Records

/// Reads an entry of `lists` that names a list, or a campaign, of the CRM.
struct MembershipReader {
    /// The keys of which an entry has one: what the CRM is told in.
    static let keys = ListMembership.Kind.allCases.map(\.rawValue)

    let lists: ListReader

    private var findings: Findings { self.lists.fields.findings }

    /// Whether an entry is about a list of the CRM, and not about a property.
    static func reads(_ node: YAMLNode) -> Bool { self.keys.contains { node[$0] != nil } }

    /// The membership of an entry; nil, with findings, if it has mistakes.
    func membership(_ node: YAMLNode) -> ListMembership? {
        guard let kind = ListMembership.Kind.allCases.first(where: { node[$0.rawValue] != nil }),
            let table = YAMLTable(node, "the list", keys: ["segment", kind.rawValue], self.findings),
            let place = table.required(kind.rawValue), let (list, isID) = self.reference(place, kind)
        else { return nil }
        let object = self.lists.fields.object
        let lifecycle = self.lists.fields.lifecycle
        let scope = ExpressionScope(object: object, remoteProperties: [], lifecycle: lifecycle)
        guard let segment = table.required("segment"), let name = segment.text("segment", self.findings),
            let when = self.lists.condition(of: name, at: segment),
            let condition = ExpressionReader(findings: self.findings).condition(when, "when", scope.push)
        else { return nil }
        return ListMembership(
            kind: kind,
            list: list,
            isID: isID,
            segment: name,
            condition: condition,
            source: when.scalar?.text ?? "",
            object: object,
            lifecycle: lifecycle,
            location: node.location
        )
    }

    /// `Warm leads`, or `{ id: "17" }`.
    private func reference(_ node: YAMLNode, _ kind: ListMembership.Kind) -> (Text, isID: Bool)? {
        let text: String?
        if node.entries != nil {
            text = YAMLTable(node, "the \(kind.rawValue)", keys: ["id"], self.findings)?.requiredText("id")
        } else {
            text = node.text(kind.rawValue, self.findings)
        }
        guard let text else { return nil }
        guard !text.utf8.isEmpty else {
            self.findings.error(
                at: node.location,
                "the \(kind.rawValue) has no name",
                mend: "write what people in the CRM call it, or { id: … }"
            )
            return nil
        }
        return (Text(text), node.entries != nil)
    }

    /// Adds a finding for every list that is kept twice: two segments would take each other's members off it.
    func refuseTwins(_ memberships: [ListMembership]) {
        for (index, one) in memberships.enumerated() {
            let isKept = memberships[..<index].contains {
                $0.kind == one.kind && $0.list == one.list && $0.isID == one.isID
            }
            guard isKept else { continue }
            self.findings.error(
                at: one.location,
                "the \(one.kind.rawValue) \(one.list) follows another segment already",
                mend: "leave one of them, and say in its segment who is meant"
            )
        }
    }
}
