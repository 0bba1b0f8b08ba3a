package import Records

/// The files of one template, as bytes.
package struct TemplateSource: Sendable {
    /// One file.
    package struct File: Sendable {
        /// The path for messages.
        package let path: String
        /// The content.
        package let bytes: [UInt8]

        /// Creates a file.
        package init(path: String, bytes: [UInt8]) {
            self.path = path
            self.bytes = bytes
        }
    }

    /// The name: `resource-1` for `resource-1.txt` and `resource-1.html`.
    package let name: Text
    /// The headers and the plain part.
    package let text: File
    /// The HTML part, if there is one.
    package let html: File?

    /// Creates a source.
    package init(name: Text, text: File, html: File? = nil) {
        self.name = name
        self.text = text
        self.html = html
    }

    /// Groups the files of a folder by template; a finding for an HTML part without its `.txt`.
    package static func group(_ files: [File]) -> (sources: [TemplateSource], findings: [Diagnostic]) {
        var texts: [(Text, File)] = []
        var htmls: [Text: File] = [:]
        for file in files.sorted(by: { Text($0.path) < Text($1.path) }) {
            let name = file.path.split(separator: "/").last.map(String.init) ?? file.path
            if name.hasSuffix(".txt") { texts.append((Text(String(name.dropLast(4))), file)) }
            if name.hasSuffix(".html") { htmls[Text(String(name.dropLast(5)))] = file }
        }
        let known = Set(texts.map(\.0))
        let findings = htmls.filter { !known.contains($0.key) }.sorted { $0.key < $1.key }.map { name, file in
            Diagnostic(
                .error,
                at: SourceLocation(file: file.path, line: 1, column: 1),
                "the template has no plain part",
                mend: "add \(name).txt with the subject and the text"
            )
        }
        return (texts.map { TemplateSource(name: $0.0, text: $0.1, html: htmls[$0.0]) }, findings)
    }
}
