import Connectors
import Mapping
import Planning
import Records

/// What a connection says about how much may happen, and how often.
extension WorkspaceConfigurationReader {
    func breaker(_ node: YAMLNode?, _ findings: Findings) -> Breaker {
        guard let node, YAMLTable(node, "the breaker", keys: ["floor", "percent"], findings) != nil else {
            return Breaker()
        }
        let floor = node["floor"]?.integer("the floor", in: 0...1_000_000, findings) ?? Breaker().floor
        let percent = node["percent"]?.integer("the share in percent", in: 1...100, findings) ?? 20
        return Breaker(floor: floor, share: Double(percent) / 100)
    }

    /// `manifest`, `unlimited`, or `{ daily: 50000 }` for an account whose requests others need too.
    func budget(_ node: YAMLNode?, _ findings: Findings) -> RequestBudget {
        guard let node else { return .manifest }
        if node.entries != nil {
            guard YAMLTable(node, "the budget", keys: ["daily"], findings) != nil,
                let daily = node["daily"]?.integer("the requests of a day", in: 1...1_000_000_000, findings)
            else { return .manifest }
            return .daily(daily)
        }
        switch node.text("the budget", findings) {
        case "manifest", nil: return .manifest
        case "unlimited": return .unlimited
        case let other?:
            findings.error(
                at: node.location,
                "\(other) is no budget",
                mend: "write manifest, unlimited for a server of your own, or { daily: 50000 }"
            )
            return .manifest
        }
    }

    /// `detect`, or `window` for a connection that needs its requests for something else (R2).
    func detectsLostUpdates(_ node: YAMLNode?, _ findings: Findings) -> Bool {
        node?.choice("the lost updates", as: LostUpdates.self, findings) != .window
    }

    private enum LostUpdates: String, CaseIterable {
        case detect
        case window
    }

    /// The currency of amounts that a mapping gives none (R20): `EUR`.
    func currency(_ node: YAMLNode?, _ findings: Findings) -> String? {
        guard let node, let code = node.text("the currency", findings) else { return nil }
        if CurrencyTable.decimals(of: code) != nil { return code }
        findings.error(at: node.location, "\"\(code)\" is no currency", mend: CurrencyTable.mend(code))
        return nil
    }

    /// A length of time: `12h`, `7d`.
    func span(_ node: YAMLNode?, _ findings: Findings) -> Duration? {
        guard let node, let text = node.text("the length of time", findings) else { return nil }
        guard let span = Duration(span: text), span > .zero else {
            findings.error(at: node.location, "\(text) is no length of time", mend: "write 12h or 7d")
            return nil
        }
        return span
    }
}
