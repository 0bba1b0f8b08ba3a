import Mapping
import Records
import Transport

extension WorkspaceConfigurationReader {
    /// The address of a CRM's API; nil, with a finding, if requests to it could not be made or would give secrets away.
    ///
    /// A part that is left to the environment may be empty here: whoever needs it complains.
    func address(_ node: YAMLNode, isPlain: Bool, _ findings: Findings) -> String? {
        guard let text = self.text(node, findings) else { return nil }
        guard !text.isEmpty else { return text }
        do {
            try HTTPRequest(url: text).check()
        } catch {
            var what = "\(error)"
            if case .invalidRequest(let problem) = error { what = problem }
            findings.error(
                at: node.location,
                "\(Self.shown(text)) cannot be the address of a CRM: \(what)",
                mend: "write it as https://crm.example.com"
            )
            return nil
        }
        guard !text.utf8.contains(UInt8(ascii: "?")) else {
            findings.error(
                at: node.location,
                "\(Self.shown(text)) ends in a query, and paths are added to it",
                mend: "write the address up to the `?`"
            )
            return nil
        }
        let isEncrypted = text.lowercased().hasPrefix("https://")
        guard isEncrypted || isPlain || Self.isThisMachine(text) else {
            findings.error(
                at: node.location,
                "\(Self.shown(text)) is not encrypted: the token and people's data would travel in the clear",
                mend: "write https://, or `plain: true` beside it for a server within your own network"
            )
            return nil
        }
        return text
    }

    /// An address for a message, without what might be a password.
    private static func shown(_ text: String) -> String {
        text.contains("@") ? "the address" : Printable.line(text, width: 80)
    }

    private static func isThisMachine(_ url: String) -> Bool {
        let authority = url.dropFirst("http://".count).prefix { !"/?#".contains($0) }
        let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        return host == "localhost" || host == "[::1]"
            || numbers.count == 4 && !numbers.contains(nil) && numbers[0] == 127
    }
}
