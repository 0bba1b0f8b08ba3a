import Foundation
import Testing

/// One Swift file of the repository.
struct SourceFile: Sendable {
    /// The path from the repository's root.
    let path: String
    let text: String

    var lines: [Substring] { self.text.split(separator: "\n", omittingEmptySubsequences: false) }

    static var root: URL {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    /// Every Swift file below a folder of the repository.
    static func all(in folder: String) throws -> [SourceFile] {
        let start = self.root.appending(path: folder)
        let paths = FileManager.default.enumerator(at: start, includingPropertiesForKeys: nil)
        let files = (paths?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }
        try #require(!files.isEmpty, "no Swift files in \(folder)")
        return try files.sorted { $0.path < $1.path }
            .map { file in
                let relative = file.path.dropFirst(self.root.path.count + 1)
                return SourceFile(path: String(relative), text: try String(contentsOf: file, encoding: .utf8))
            }
    }
}
