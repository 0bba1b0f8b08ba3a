package import CEL
package import Records

/// The templates of a workspace, compiled.
package struct TemplateLibrary: Sendable {
    /// The largest file of a template, in bytes.
    package static let maximumFileBytes = 256 * 1024

    private let templates: [Text: Template]
    /// Names of templates whose files have errors, so that a mention of them is not an error as well.
    private let broken: Set<Text>

    /// A library without templates.
    package init() {
        self.templates = [:]
        self.broken = []
    }

    /// Compiles templates; `findings` gets all that is wrong with them.
    ///
    /// A template with errors is not in the library.
    package init(_ sources: [TemplateSource], environment: CELEnvironment, findings: inout [Diagnostic]) {
        var templates: [Text: Template] = [:]
        var broken: Set<Text> = []
        for source in sources {
            if let template = TemplateParser(source, environment).template(&findings) {
                templates[source.name] = template
            } else {
                broken.insert(source.name)
            }
        }
        self.templates = templates
        self.broken = broken
    }

    /// The template of a name.
    package subscript(_ name: Text) -> Template? { self.templates[name] }

    /// Whether there is a template of the name, with errors or without.
    package func contains(_ name: Text) -> Bool { self.templates[name] != nil || self.broken.contains(name) }

    /// All names in the order of their bytes.
    package var names: [Text] { (Array(self.templates.keys) + self.broken).sorted() }
}

/// Reads the files of one template.
private struct TemplateParser {
    private let source: TemplateSource
    private let environment: CELEnvironment

    private static let keys = ["subject", "from", "reply_to", "unsubscribe_url"]

    /// One header line with the place of its value.
    private struct Header {
        let key: String
        let keyPlace: SourceLocation
        let value: String
        let place: SourceLocation
    }

    init(_ source: TemplateSource, _ environment: CELEnvironment) {
        self.source = source
        self.environment = environment
    }

    /// The template, or findings.
    func template(_ findings: inout [Diagnostic]) -> Template? {
        let before = findings.count
        guard let content = self.decode(self.source.text, &findings) else { return nil }
        let (headers, body, bodyLine) = self.split(content, &findings)
        let from = self.address("from", headers, &findings)
        let replyTo = self.address("reply_to", headers, &findings)
        let subject = self.header("subject", headers, &findings)
        let unsubscribe = self.header("unsubscribe_url", headers, &findings)
        let text = self.compile(body, .plain, self.place(bodyLine), &findings)
        var html: TemplateText?
        if let file = self.source.html, let content = self.decode(file, &findings) {
            html = self.compile(content, .html, SourceLocation(file: file.path, line: 1, column: 1), &findings)
        }
        if findings.count == before, !headers.contains(where: { $0.key == "subject" }) {
            findings.append(
                Diagnostic(.error, at: self.place(1), "the template has no subject", mend: "begin with \"subject: …\"")
            )
        }
        guard findings.count == before, let subject, let text else { return nil }
        return Template(
            name: self.source.name,
            from: from,
            replyTo: replyTo,
            subject: subject,
            text: text,
            html: html,
            unsubscribe: unsubscribe
        )
    }

    private func decode(_ file: TemplateSource.File, _ findings: inout [Diagnostic]) -> String? {
        let start = SourceLocation(file: file.path, line: 1, column: 1)
        guard file.bytes.count <= TemplateLibrary.maximumFileBytes else {
            let limit = TemplateLibrary.maximumFileBytes
            findings.append(
                Diagnostic(.error, at: start, "the template has more than \(limit) bytes", mend: "shorten it")
            )
            return nil
        }
        let bytes = file.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? file.bytes.dropFirst(3) : file.bytes[...]
        guard !bytes.contains(0), let text = String(validating: bytes, as: UTF8.self) else {
            findings.append(Diagnostic(.error, at: start, "the template is not UTF-8 text", mend: "save it as UTF-8"))
            return nil
        }
        return text
    }

    /// Splits header lines from the body behind the first blank line.
    private func split(_ content: String, _ findings: inout [Diagnostic]) -> ([Header], String, Int) {
        var headers: [Header] = []
        let bytes = Array(content.utf8)
        var start = 0
        var line = 1
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A) ?? bytes.count
            var raw = bytes[start..<end]
            if raw.last == 0x0D { raw.removeLast() }
            start = min(end + 1, bytes.count)
            guard !raw.isEmpty else { return (headers, String(decoding: bytes[start...], as: UTF8.self), line + 1) }
            if let header = self.header(raw, line, &findings) { headers.append(header) }
            line += 1
        }
        return (headers, "", line)
    }

    private func header(_ raw: ArraySlice<UInt8>, _ line: Int, _ findings: inout [Diagnostic]) -> Header? {
        guard let colon = raw.firstIndex(of: UInt8(ascii: ":")) else {
            findings.append(
                Diagnostic(
                    .error,
                    at: self.place(line),
                    "the header lines end with a blank line, and this is neither",
                    mend: "write \"key: value\", and a blank line before the text"
                )
            )
            return nil
        }
        let key = String(decoding: raw[..<colon], as: UTF8.self)
        guard Self.keys.contains(where: { $0.hasSameBytes(as: key) }) else {
            findings.append(
                Diagnostic(
                    .error,
                    at: self.place(line),
                    "a template has no header \"\(key.prefix(40))\"",
                    mend: "write one of \(Self.keys.joined(separator: ", "))"
                )
            )
            return nil
        }
        let value = raw[(colon + 1)...].drop { $0 == 0x20 }
        let column = String(decoding: raw[..<value.startIndex], as: UTF8.self).unicodeScalars.count + 1
        return Header(
            key: key,
            keyPlace: self.place(line),
            value: String(decoding: value, as: UTF8.self),
            place: SourceLocation(file: self.source.text.path, line: line, column: column)
        )
    }

    private func header(_ key: String, _ headers: [Header], _ findings: inout [Diagnostic]) -> TemplateText? {
        guard let header = headers.first(where: { $0.key == key }) else { return nil }
        return self.compile(header.value, .plain, header.place, &findings)
    }

    private func address(_ key: String, _ headers: [Header], _ findings: inout [Diagnostic]) -> MailAddress? {
        guard let header = headers.first(where: { $0.key == key }) else { return nil }
        if let address = MailAddress(header.value) { return address }
        findings.append(
            Diagnostic(.error, at: header.place, "\(key) is not an address", mend: "write Name <name@example.com>")
        )
        return nil
    }

    private func compile(
        _ text: String,
        _ kind: TemplateText.Kind,
        _ place: SourceLocation,
        _ findings: inout [Diagnostic]
    ) -> TemplateText? {
        TemplateText(text, kind: kind, at: place, environment: self.environment, findings: &findings)
    }

    private func place(_ line: Int) -> SourceLocation {
        SourceLocation(file: self.source.text.path, line: line, column: 1)
    }
}
