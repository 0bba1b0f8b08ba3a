package import Mapping
package import Records

/// Trims spaces on the way in and keeps the CRM's own spelling on the way out.
package struct TrimLens: Lens {
    /// Creates the transform.
    package init() {}

    package var lensClass: LensClass { .quotient }

    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        guard case .text(let text) = remote else { return .value(remote) }
        return .value(.text(Self.trimmed(text.string)))
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        if case .text(let text) = local, text.string != Self.trimmed(text.string) {
            return .value(.text(Self.trimmed(text.string)))
        }
        if self.toLocal(remote, previous: local, in: context) == .value(local) { return .value(remote) }
        return .value(local)
    }

    private static func trimmed(_ text: String) -> String {
        String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}

/// A table of counterparts; values outside it are unmapped.
package struct TableLens: Lens {
    private let pairs: [(local: Text, remote: Text)]

    /// Creates the transform from its rows.
    package init(pairs: [(local: Text, remote: Text)]) {
        self.pairs = pairs
    }

    package var lensClass: LensClass { .partial }

    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        guard case .text(let text) = remote, !text.isEmpty else { return .value(remote) }
        guard let pair = self.pairs.first(where: { $0.remote == text }) else { return .unmapped("no counterpart") }
        return .value(.text(pair.local))
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        guard case .text(let text) = local, !text.isEmpty else { return .value(local) }
        guard let pair = self.pairs.first(where: { $0.local == text }) else { return .unmapped("no counterpart") }
        return .value(.text(pair.remote))
    }
}

/// A local set written as text with semicolons.
package struct SemicolonSetLens: Lens {
    /// Creates the transform.
    package init() {}

    package var lensClass: LensClass { .quotient }

    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        guard case .text(let text) = remote else { return .value(remote) }
        let parts = text.string.split(separator: ";").map { Text(String($0)) }
        return .value(.set(of: parts))
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        guard case .set(let elements) = local else { return .value(local) }
        if self.toLocal(remote, previous: local, in: context) == .value(local) { return .value(remote) }
        return .value(.text(elements.map(\.string).joined(separator: ";")))
    }
}

/// A consent of ours written as the CRM's "wants no mail": `true` there is a refusal here.
package struct OptOutLens: Lens {
    /// Creates the transform.
    package init() {}

    package var lensClass: LensClass { .iso }

    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        switch remote {
        case .text("true"): .value(.flag(false))
        case .text("false"): .value(.flag(true))
        default: remote.isBlank ? .value(.null) : .unmapped("neither true nor false")
        }
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        guard case .flag(let isWanted) = local else { return .value(.null) }
        return .value(isWanted ? "false" : "true")
    }
}
