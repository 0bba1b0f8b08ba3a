import Foundation
import Records
import Synchronization

/// Where a command's answer goes: lines for people, or one JSON document.
struct Output: Sendable {
    /// Whether the command answers with one JSON document.
    let isJSON: Bool
    private let write: @Sendable (String) -> Void
    private let complain: @Sendable (String) -> Void

    /// Creates an output.
    init(
        isJSON: Bool,
        write: @escaping @Sendable (String) -> Void,
        complain: @escaping @Sendable (String) -> Void
    ) {
        self.isJSON = isJSON
        self.write = write
        self.complain = complain
    }

    /// Standard output and standard error.
    static func standard(isJSON: Bool) -> Output {
        Output(
            isJSON: isJSON,
            write: { FileHandle.standardOutput.write(Data(($0 + "\n").utf8)) },
            complain: { FileHandle.standardError.write(Data(($0 + "\n").utf8)) }
        )
    }

    /// A line for people; nothing with `--json`.
    func line(_ text: String = "") {
        if !self.isJSON { self.write(Printable.text(text)) }
    }

    /// The JSON document; nothing without `--json`.
    func document(_ document: JSON) {
        if self.isJSON { self.write(Printable.json(document.text)) }
    }

    /// A line on standard error.
    func error(_ text: String) { self.complain(Printable.text(text)) }
}

/// Makes hostile text safe to print: what a CRM sends must not move the cursor or set the title of a terminal.
enum Printable {
    /// The text with what steers a terminal replaced: control characters but the line feed, reversals of the writing
    /// direction, which make a text read as something else than it is, and marks that cannot be seen.
    static func text(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 || [0x7F, 0xC2, 0xD8, 0xE2, 0xEF].contains($0) }) else {
            return text
        }
        var result = ""
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control && scalar != "\n"
            result.unicodeScalars.append(
                isControl || Self.isReversal(scalar) || Self.isUnseen(scalar) ? "\u{FFFD}" : scalar
            )
        }
        return result
    }

    /// A JSON document in which the same is written as escapes: what it says stays what it was, wherever it is shown.
    static func json(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x7F, 0xC2, 0xD8, 0xE2, 0xEF].contains($0) }) else { return text }
        var result = ""
        result.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            // Control characters below the space are escaped by every writer of JSON.
            let isControl = (0x7F...0x9F).contains(scalar.value)
            if isControl || Self.isReversal(scalar) || Self.isUnseen(scalar) {
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func isReversal(_ scalar: Unicode.Scalar) -> Bool {
        (0x2028...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
    }

    /// Marks without a width; the joiners that scripts and emoji need are not among them.
    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        [0x061C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF].contains(scalar.value)
    }

    /// A text of somebody else on one line, cut to a width.
    static func line(_ text: some StringProtocol, width: Int = 200) -> String {
        Self.value(.text(Text(String(text))), width: width)
    }

    /// One value on one line, cut to a width.
    static func value(_ value: Value, width: Int = 40) -> String {
        let line = Self.text(value.description).split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: "⏎")
        // A letter may carry any number of marks.
        let isLong = line.unicodeScalars.count > 4 * width
        let short = isLong ? String(line.unicodeScalars.prefix(4 * width)) : line
        return short.count <= width && !isLong ? short : short.prefix(width - 1) + "…"
    }
}

/// Rows of columns, padded so that they stand under each other.
struct Table {
    private var rows: [[String]] = []

    mutating func add(_ cells: String...) { self.rows.append(cells) }

    var lines: [String] {
        let columns = self.rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in self.rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
        }
        return self.rows.map { row in
            row.enumerated()
                .map { index, cell in
                    index == row.count - 1
                        ? cell : cell + String(repeating: " ", count: max(0, widths[index] - cell.count))
                }
                .joined(separator: "  ")
        }
    }
}
