package import Records

/// Ties a local property to one part of a remote text, such as the last name of `Ada Lovelace`.
///
/// The other parts are the complement: they stay as the remote side has them.
package struct SplitLens: CheckedLens {
    /// How the text is made of parts.
    package let form: TextParts
    /// Which part it is, from 0.
    package let part: Int

    /// Creates the transform; the separator must not be empty, `part` and `alone` are below `count`.
    package init(by separator: String, part: Int, of count: Int, alone: Int? = nil) {
        self.form = TextParts(by: separator, of: count, alone: alone)
        self.part = part
    }

    package var name: String { "split" }
    package var definition: String {
        "split(\(self.form.separator)|\(self.part + 1)/\(self.form.count)\(self.form.alone.map { "|\($0 + 1)" } ?? ""))"
    }
    package var lensClass: LensClass { .partial }
    package var domain: String { self.form.domain }
    package var canonicalForm: String { "part \(self.part + 1) of \(self.form.count)" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .text }

    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        if remote.isBlank { return .value(Blank.carried(remote, onto: local)) }
        guard let parts = self.form.parts(of: remote) else { return .unmapped(self.form.complaint) }
        return .value(parts[self.part].map { .text($0) } ?? Blank.carried(.null, onto: local))
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        if local.isBlank, remote.isBlank { return .value(remote) }
        let count = self.form.count
        guard var parts = self.form.parts(of: remote) ?? (remote.isBlank ? (0..<count).map { _ in nil } : nil) else {
            return .unmapped("the other parts are unknown, as the CRM holds no text of \(count) parts")
        }
        switch local {
        case .text(let text) where !text.isEmpty: parts[self.part] = text
        case .absent, .null, .text: parts[self.part] = nil
        default: return .unmapped("\(local.kindName) where text is expected")
        }
        if let joined = self.form.join(parts) { return .value(.text(joined)) }
        if local.isBlank { return .unmapped("one part of a text cannot be cleared by itself") }
        if parts.contains(nil) {
            return .unmapped("the other parts are unknown, as the CRM holds no text of \(count) parts")
        }
        return .unmapped("a part that contains \"\(self.form.separator)\", or joins with it into another")
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        if source.oneIn(6) { return source.value(of: .text) }
        let words: [Text] = ["Ada", "Lovelace", "Grace", "O'Neil", "日本", "12 rue X", "75001"]
        let parts = (0..<self.form.count).map { _ in source.pick(words) ?? "" }
        return .text(parts.map(\.string).joined(separator: self.form.separator))
    }

    package func sampleLocal(_ source: inout SampleSource) -> Value {
        source.oneIn(3) ? source.value(of: .text) : source.pick(["Ada", "Lovelace", "Hopper"]) ?? .null
    }
}
