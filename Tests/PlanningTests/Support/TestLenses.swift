import Mapping
import Records

/// Trims spaces on the way in and keeps the CRM's own spelling on the way out.
struct TrimLens: Lens {
    var lensClass: LensClass { .quotient }

    func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        guard case .text(let text) = remote else { return .value(remote) }
        return .value(.text(Self.trimmed(text.string)))
    }

    func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
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
struct TableLens: Lens {
    let pairs: [(local: Text, remote: Text)]

    var lensClass: LensClass { .partial }

    func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        guard case .text(let text) = remote, !text.isEmpty else { return .value(remote) }
        guard let pair = self.pairs.first(where: { $0.remote == text }) else { return .unmapped("no counterpart") }
        return .value(.text(pair.local))
    }

    func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        guard case .text(let text) = local, !text.isEmpty else { return .value(local) }
        guard let pair = self.pairs.first(where: { $0.local == text }) else { return .unmapped("no counterpart") }
        return .value(.text(pair.remote))
    }
}

/// A local set written as text with semicolons.
struct SemicolonSetLens: Lens {
    var lensClass: LensClass { .quotient }

    func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        guard case .text(let text) = remote else { return .value(remote) }
        let parts = text.string.split(separator: ";").map { Text(String($0)) }
        return .value(.set(of: parts))
    }

    func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        guard case .set(let elements) = local else { return .value(local) }
        if self.toLocal(remote, previous: local, in: context) == .value(local) { return .value(remote) }
        return .value(.text(elements.map(\.string).joined(separator: ";")))
    }
}
