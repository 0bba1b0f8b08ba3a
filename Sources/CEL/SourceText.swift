/// The text of an expression as bytes, with the way back from a byte offset to line and column.
struct SourceText: Sendable {
    let bytes: [UInt8]

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The 1-based line and the 1-based column in code points of a byte offset.
    ///
    /// A line ends with LF, CR or CR LF.
    func position(at offset: Int) -> (line: Int, column: Int) {
        var line = 1
        var column = 1
        for index in 0..<min(max(offset, 0), bytes.count) {
            switch bytes[index] {
            case UInt8(ascii: "\n"):
                line += 1
                column = 1
            case UInt8(ascii: "\r"):
                guard index + 1 >= bytes.count || bytes[index + 1] != UInt8(ascii: "\n") else { continue }
                line += 1
                column = 1
            case 0x80..<0xC0:
                continue
            default:
                column += 1
            }
        }
        return (line, column)
    }

    /// A problem at a byte offset.
    func error(at offset: Int, _ kind: CELError.Kind, _ message: String, mend: String? = nil) -> CELError {
        let place = position(at: offset)
        return CELError(line: place.line, column: place.column, kind: kind, message: message, mend: mend)
    }
}
