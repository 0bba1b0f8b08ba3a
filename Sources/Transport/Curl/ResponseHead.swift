/// Collects the header lines of an answer as libcurl hands them out, within limits.
struct ResponseHead {
    private let maximumBytes: Int
    private let maximumFields: Int
    private var bytes = 0
    private var lines = 0

    /// The fields of the last head: those of a `100 Continue` before it are forgotten.
    private(set) var headers = HTTPHeaders()

    /// Whether the empty line behind the last head has come.
    private(set) var isComplete = false

    init(maximumBytes: Int, maximumFields: Int) {
        self.maximumBytes = maximumBytes
        self.maximumFields = maximumFields
    }

    /// Takes one line with its end; `false` when that is more than the limits allow.
    ///
    /// The fields of a trailer count and are dropped: nothing that arrives after the body may change how it was read.
    mutating func receive(_ line: UnsafeRawBufferPointer, isTrailer: Bool) -> Bool {
        bytes += line.count
        guard bytes <= maximumBytes else { return false }
        let text = line.prefix { $0 != 0x0D && $0 != 0x0A }
        guard !text.isEmpty else {
            isComplete = true
            return true
        }
        if text.starts(with: "HTTP/".utf8) {
            headers = HTTPHeaders()
            isComplete = false
            return true
        }
        lines += 1
        guard lines <= maximumFields else { return false }
        if !isTrailer { add(text) }
        return true
    }

    private mutating func add(_ line: Slice<UnsafeRawBufferPointer>) {
        if line.first == 0x20 || line.first == 0x09 { return headers.extendLast(Self.trimmed(line)) }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return }
        headers.add(
            String(decoding: line[..<colon], as: UTF8.self),
            Self.trimmed(line[line.index(after: colon)...])
        )
    }

    private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }
        let start = bytes.drop(while: isBlank)
        let end = start.lastIndex { !isBlank($0) }.map { start.index(after: $0) } ?? start.startIndex
        return String(decoding: start[..<end], as: UTF8.self)
    }
}
