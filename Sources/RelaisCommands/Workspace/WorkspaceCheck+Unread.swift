import Foundation
import Mapping
import Records

/// Files that look like configuration, but that nothing reads: misplaced, misspelt, or left over.
extension WorkspaceCheck {
    /// The folders whose YAML files are looked for.
    private static let folders = ["Config", "Mappings"]
    /// The files of `Config` that are read by their name.
    private static let known = [
        "Config/relais.yaml", "Config/schema.yaml", "Config/segments.yaml", "Config/scoring.yaml",
        "Config/handoff.yaml",
    ]

    /// Adds a finding for each YAML file that was not read; to be called when everything else was.
    mutating func checkUnread() {
        let read = self.files
        for file in Self.folders.flatMap({ Workspace.allFiles(in: $0, of: self.root) }) where !read.contains(file) {
            self.checkUnread(file, beside: read)
        }
    }

    private mutating func checkUnread(_ file: String, beside read: Set<String>) {
        if file.hasSuffix(".yml") {
            return self.warn(file, "files that end in .yml are not read", mend: "let its name end in .yaml")
        }
        // What is broken is told as such; a file in the wrong place may have nothing else wrong with it.
        let parsed = self.read(file) { try YAMLDocument.parse($0, file: file) }
        guard let root = parsed else { return }
        guard file.hasPrefix("Mappings/") else {
            return self.warn(file, "nothing reads this file", mend: self.place(of: file))
        }
        if root["mapping"] != nil || root["object"] != nil {
            let folders = self.mappingFolders(of: read)
            let mend = folders.isEmpty ? "remove it" : "move it to \(folders.joined(separator: " or ")), or remove it"
            return self.warn(file, "no connection reads this mapping", mend: mend)
        }
        self.add(MappingCompiler.findings(ofShared: root))
        let path = file.dropFirst("Mappings/".utf8.count)
        self.warn(file, "no mapping includes this file", mend: "add include: \(path) to one, or remove it")
    }

    /// The folders of the mappings that are read.
    private func mappingFolders(of read: Set<String>) -> [String] {
        let folders = read.filter { $0.hasPrefix("Mappings/") }
            .map { $0.split(separator: "/").dropLast().joined(separator: "/") }
        let used = Set(folders).filter { $0 != "Mappings" && $0 != "Mappings/fields" }
        return used.isEmpty ? self.manifests.keys.sorted().map { "Mappings/\($0)" } : used.sorted()
    }

    private func place(of file: String) -> String {
        let nearest = NearestName.of(
            file,
            among: Self.known + ["connectors", "workflows"].map { self.sibling(file, $0) }
        )
        return nearest.map { "did you mean \($0)?" } ?? "move it where it belongs, or remove it"
    }

    /// The same file in a folder of `Config`.
    private func sibling(_ file: String, _ folder: String) -> String {
        "Config/\(folder)/\(file.split(separator: "/").last ?? "")"
    }

    private mutating func warn(_ file: String, _ message: String, mend: String) {
        let place = SourceLocation(file: file, line: 1, column: 1)
        self.add([Diagnostic(.warning, at: place, message, mend: mend)])
    }
}

extension Workspace {
    /// The YAML files below a folder of a workspace, those that end in `.yml` too, by their path from the workspace.
    static func allFiles(in folder: String, of root: URL) -> [String] {
        let base = root.appending(path: folder)
        let found = FileManager.default.enumerator(atPath: base.path)?.compactMap { $0 as? String } ?? []
        return found.filter { path in
            let isHidden = path.split(separator: "/").contains { $0.hasPrefix(".") }
            return !isHidden && (path.hasSuffix(".yaml") || path.hasSuffix(".yml"))
        }
        .sorted().map { "\(folder)/\($0)" }
    }
}
