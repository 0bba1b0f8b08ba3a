package import Records

/// The host name in an e-mail address or a web address; one way only, as the rest of the address is lost.
package struct DomainLens: CheckedLens {
    /// Creates the transform.
    package init() {}

    package var name: String { "domain" }
    package var lensClass: LensClass { .view }
    package var domain: String { "none: the rest of the address cannot be made up" }
    package var canonicalForm: String { "the host in lower case, without www." }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .text }

    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        guard case .text(let text) = remote, !remote.isBlank else {
            return .value(remote.isBlank ? Blank.carried(remote, onto: local) : remote)
        }
        guard let host = Self.host(in: text) else { return .unmapped("no address with a host name") }
        return .value(.text(host))
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        .value(local.isBlank ? Blank.carried(local, onto: remote) : local)
    }

    private static func host(in text: Text) -> Text? {
        var rest = Array(TextBytes.lowercased(TextBytes.trimmed(text)).string.utf8)[...]
        if let scheme = rest.indices.first(where: { rest[$0...].starts(with: "://".utf8) }) {
            rest = rest[(scheme + 3)...]
        }
        rest = rest.prefix { $0 != 0x2F && $0 != 0x3F && $0 != 0x23 }
        if let at = rest.lastIndex(of: 0x40) { rest = rest[(at + 1)...] }
        rest = rest.prefix { $0 != 0x3A }
        if rest.starts(with: "www.".utf8) { rest = rest.dropFirst(4) }
        let isHost = rest.contains(0x2E) && rest.allSatisfy { $0 > 0x20 && $0 != 0x7F }
        return isHost ? String(validating: rest, as: UTF8.self).map { Text($0) } : nil
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        .text(
            source.pick(["https://www.acme.example/a?b", "ada@acme.example", "acme.example", "HTTP://ACME.example"])
                ?? ""
        )
    }

    package func sampleLocal(_ source: inout SampleSource) -> Value {
        .text(source.pick(["acme.example", "initech.example"]) ?? "")
    }
}
