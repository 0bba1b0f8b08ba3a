extension JSONScanner {
    /// Consumes a value and gives its place, after looking at all of it: grammar, strings, nesting.
    ///
    /// What passes here is accepted by `JSON(parsing:)` too, unless a key occurs twice. Nothing is built; the scratch
    /// array is memory to work in, to be used again from call to call.
    package mutating func checkedValue(
        maximumDepth: Int = 64,
        scratch: inout [UInt8]
    ) throws(JSONError) -> Range<Int> {
        guard peek() != nil else { throw JSONError(.truncated, at: offset) }
        let start = offset
        try check(depth: 0, maximumDepth, &scratch)
        return start..<offset
    }

    private mutating func check(depth: Int, _ maximumDepth: Int, _ scratch: inout [UInt8]) throws(JSONError) {
        switch peek() {
        case UInt8(ascii: "{"): try checkMembers(depth: depth + 1, maximumDepth, &scratch)
        case UInt8(ascii: "["): try checkElements(depth: depth + 1, maximumDepth, &scratch)
        case UInt8(ascii: "\""): try checkString(&scratch)
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        case UInt8(ascii: "-"), .some(0x30...0x39): _ = try number()
        case nil: throw JSONError(.truncated, at: offset)
        default: throw JSONError(.unexpectedByte, at: offset)
        }
    }

    private mutating func checkString(_ scratch: inout [UInt8]) throws(JSONError) {
        scratch.removeAll(keepingCapacity: true)
        try decode(try string(), into: &scratch)
    }

    private mutating func checkElements(depth: Int, _ maximumDepth: Int, _ scratch: inout [UInt8]) throws(JSONError) {
        guard depth <= maximumDepth else { throw JSONError(.tooDeep, at: offset) }
        try expect(UInt8(ascii: "["))
        guard !take(UInt8(ascii: "]")) else { return }
        repeat { try check(depth: depth, maximumDepth, &scratch) } while try goesOn(to: UInt8(ascii: "]"))
    }

    private mutating func checkMembers(depth: Int, _ maximumDepth: Int, _ scratch: inout [UInt8]) throws(JSONError) {
        guard depth <= maximumDepth else { throw JSONError(.tooDeep, at: offset) }
        try expect(UInt8(ascii: "{"))
        guard !take(UInt8(ascii: "}")) else { return }
        repeat {
            try checkString(&scratch)
            try expect(UInt8(ascii: ":"))
            try check(depth: depth, maximumDepth, &scratch)
        } while try goesOn(to: UInt8(ascii: "}"))
    }
}
