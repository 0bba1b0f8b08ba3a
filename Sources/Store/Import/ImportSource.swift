import Records

/// The form of a file to import.
package enum ImportFormat: String, Sendable, CaseIterable {
    /// Comma-separated values with a header line (RFC 4180); semicolons and tabs are taken as well.
    case csv
    /// One JSON object a line.
    case jsonLines = "jsonl"

    /// The form that a file's name tells: `.csv`, `.tsv`, `.jsonl`, `.ndjson`; nil for others.
    package init?(fileName: String) {
        let ending = fileName.lowercased().split(separator: ".").last.map(String.init)
        switch ending {
        case "csv", "tsv", "txt": self = .csv
        case "jsonl", "ndjson", "json": self = .jsonLines
        default: return nil
        }
    }
}

/// A file that is read piece by piece.
package struct ImportSource {
    /// The form of the file.
    package let format: ImportFormat
    /// The next bytes, some tens of kilobytes at a time; nil at the end.
    package let next: () throws -> [UInt8]?

    /// Creates a source from a function that gives the next bytes.
    package init(_ format: ImportFormat, next: @escaping () throws -> [UInt8]?) {
        self.format = format
        self.next = next
    }

    /// Creates a source from bytes at hand.
    package init(_ format: ImportFormat, bytes: [UInt8]) {
        var rest: [UInt8]? = bytes
        self.init(format) {
            defer { rest = nil }
            return rest
        }
    }
}

/// Why a file cannot be imported at all; nothing was written.
package struct ImportRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    package let line: Int
    /// What is wrong.
    package let message: String
    /// How to mend it.
    package let mend: String

    package var description: String { "line \(self.line): \(self.message): \(self.mend)" }
}
