import CSimdjson
import Records

/// One value as the lenient reader keeps it: its kind and its place in the page's arena.
struct LenientValue {
    var kind: JSONSlice.Kind = .absent
    var range: Range<Int> = 0..<0
}

/// One record while it is read.
struct LenientRow {
    private(set) var values: [LenientValue]
    /// The first thing that was wrong.
    private(set) var problem: JSONError?

    init(width: Int) {
        values = Array(repeating: LenientValue(), count: width)
    }

    mutating func note(_ error: JSONError) {
        if problem == nil { problem = error }
    }

    mutating func set(_ slot: Int, to value: LenientValue, at offset: Int) throws(JSONError) {
        guard values[slot].kind == .absent else { throw JSONError(.duplicateKey, at: offset) }
        values[slot] = value
    }
}

/// What the lenient reader has read of a page.
struct LenientPage {
    private let width: Int
    private var values: [LenientValue] = []
    private var scratch: [UInt8] = []

    /// The bytes of all values, one after the other.
    var arena: [UInt8] = []
    var outer: [LenientValue]
    var positions: [Int] = []
    var bad: [BadRecord] = []
    /// Whether something stands at the records' path.
    var found = false
    /// Whether what stands there is neither records nor `null`.
    var isSomethingElse = false

    init(width: Int, outerWidth: Int) {
        self.width = width
        outer = Array(repeating: LenientValue(), count: outerWidth)
    }

    mutating func append(_ row: LenientRow, at position: Int) {
        values.append(contentsOf: row.values)
        positions.append(position)
    }

    /// The text of a string or number.
    func text(_ value: LenientValue) -> String? {
        guard value.kind == .string || value.kind == .number else { return nil }
        return String(decoding: arena[value.range], as: UTF8.self)
    }

    /// Copies one value into the arena, checked and decoded.
    mutating func take(_ range: Range<Int>, in scanner: JSONScanner) throws(JSONError) -> LenientValue {
        var scanner = JSONScanner(scanner.bytes, at: range.lowerBound)
        let start = arena.count
        let kind: JSONSlice.Kind
        switch scanner.bytes[range.lowerBound] {
        case UInt8(ascii: "\""):
            try scanner.decode(try scanner.string(), into: &arena)
            return LenientValue(kind: .string, range: start..<arena.count)
        case UInt8(ascii: "n"): kind = .null
        case UInt8(ascii: "t"): kind = .true
        case UInt8(ascii: "f"): kind = .false
        case UInt8(ascii: "{"), UInt8(ascii: "["): kind = .raw
        default: kind = .number
        }
        let checked = try scanner.checkedValue(scratch: &scratch)
        guard checked == range else { throw JSONError(.unexpectedByte, at: checked.upperBound) }
        guard kind == .number || kind == .raw else { return LenientValue(kind: kind) }
        arena.append(contentsOf: scanner.bytes[range])
        return LenientValue(kind: kind, range: start..<arena.count)
    }

    /// Copies what a tail of keys leads to in each element of an array into the arena, as one JSON array.
    mutating func gather(
        _ range: Range<Int>,
        in scanner: JSONScanner,
        _ tail: [[UInt8]]
    ) throws(JSONError) -> LenientValue {
        var scanner = JSONScanner(scanner.bytes, at: range.lowerBound)
        let start = arena.count
        arena.append(UInt8(ascii: "["))
        try scanner.expect(UInt8(ascii: "["))
        if !scanner.take(UInt8(ascii: "]")) {
            repeat { try gatherOne(&scanner, tail[...], start + 1) } while try scanner.goesOn(to: UInt8(ascii: "]"))
        }
        arena.append(UInt8(ascii: "]"))
        return LenientValue(kind: .raw, range: start..<arena.count)
    }

    private mutating func gatherOne(
        _ scanner: inout JSONScanner,
        _ tail: ArraySlice<[UInt8]>,
        _ start: Int
    ) throws(JSONError) {
        guard let key = tail.first else {
            let range = try scanner.checkedValue(scratch: &scratch)
            if arena.count > start { arena.append(UInt8(ascii: ",")) }
            arena.append(contentsOf: scanner.bytes[range])
            return
        }
        guard scanner.take(UInt8(ascii: "{")) else {
            _ = try scanner.skipValue(maximumDepth: .max)
            return
        }
        guard !scanner.take(UInt8(ascii: "}")) else { return }
        var seen = false
        repeat {
            let name = try scanner.string()
            try scanner.expect(UInt8(ascii: ":"))
            if scanner.decoded(name) == key {
                guard !seen else { throw JSONError(.duplicateKey, at: name.range.lowerBound) }
                seen = true
                try gatherOne(&scanner, tail.dropFirst(), start)
            } else {
                _ = try scanner.skipValue(maximumDepth: .max)
            }
        } while try scanner.goesOn(to: UInt8(ascii: "}"))
    }

    /// Turns places into pointers for as long as a function runs.
    func withPage<Result>(_ layout: PageLayout, _ body: (Page) throws -> Result) throws -> Result {
        try arena.withUnsafeBufferPointer { arena in
            let rows = values.map { $0.slice(of: arena) }
            let outer = outer.map { $0.slice(of: arena) }
            return try rows.withUnsafeBufferPointer { rows in
                try outer.withUnsafeBufferPointer { outer in
                    try body(
                        Page(
                            rows: rows.baseAddress,
                            count: positions.count,
                            outer: outer.baseAddress,
                            layout: layout,
                            positions: positions,
                            bad: bad
                        )
                    )
                }
            }
        }
    }
}

extension LenientValue {
    fileprivate func slice(of arena: UnsafeBufferPointer<UInt8>) -> csj_slice {
        csj_slice(
            p: arena.baseAddress?.advanced(by: range.lowerBound),
            n: UInt32(range.count),
            kind: kind.rawValue
        )
    }
}
