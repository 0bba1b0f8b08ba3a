/// The strings library; positions count code points.
enum StringFunctions {
    static let overloads: [Overload] =
        searches
        + [
            StandardFunctions.member("charAt", .string, .int, .string, charAt),
            StandardFunctions.member("lowerAscii", .string, .string) { (value, frame) throws(Failure) in
                .string(Letters.lowerASCII(try text("lowerAscii", value, &frame)))
            },
            StandardFunctions.member("upperAscii", .string, .string) { (value, frame) throws(Failure) in
                .string(Letters.upperASCII(try text("upperAscii", value, &frame)))
            },
            StandardFunctions.member("trim", .string, .string) { (value, frame) throws(Failure) in
                .string(Letters.trim(try text("trim", value, &frame)))
            },
            StandardFunctions.member("reverse", .string, .string) { (value, frame) throws(Failure) in
                let scalars = try text("reverse", value, &frame).unicodeScalars
                return .string(String(String.UnicodeScalarView(scalars.reversed())))
            },
            StandardFunctions.member("substring", .string, .int, .string) { (value, start, frame) throws(Failure) in
                try substring([value, start], &frame)
            },
            StandardFunctions.member("substring", [.string, .int, .int], .string, substring),
            StandardFunctions.member("replace", [.string, .string, .string], .string, replace),
            StandardFunctions.member("replace", [.string, .string, .string, .int], .string, replace),
            StandardFunctions.member("split", .string, .string, .list(.string)) {
                (value, separator, frame) throws(Failure) in
                try split([value, separator], &frame)
            },
            StandardFunctions.member("split", [.string, .string, .int], .list(.string), split),
            StandardFunctions.member("join", .list(.string), .string) { (value, frame) throws(Failure) in
                try join(value, .string(""), &frame)
            },
            StandardFunctions.member("join", .list(.string), .string, .string, join),
            StandardFunctions.global("strings.quote", .string, .string, quote),
            StandardFunctions.member("format", .string, .list(.dyn), .string, TextFormat.format),
        ]

    private static let searches: [Overload] = [
        StandardFunctions.member("indexOf", .string, .string, .int) { (value, part, frame) throws(Failure) in
            try indexOf([value, part], &frame)
        },
        StandardFunctions.member("indexOf", [.string, .string, .int], .int, indexOf),
        StandardFunctions.member("lastIndexOf", .string, .string, .int) { (value, part, frame) throws(Failure) in
            try lastIndexOf([value, part], &frame)
        },
        StandardFunctions.member("lastIndexOf", [.string, .string, .int], .int, lastIndexOf),
    ]

    // MARK: Arguments

    /// The text of an argument; pays for reading it.
    static func text(_ function: String, _ value: CELValue, _ frame: inout Frame) throws(Failure) -> String {
        guard case .string(let text) = value else { throw .overload(function, value.kind) }
        try frame.spend(bytes: text.utf8.count)
        return text
    }

    private static func scalars(
        _ function: String,
        _ value: CELValue,
        _ frame: inout Frame
    ) throws(Failure) -> [Unicode.Scalar] {
        Array(try text(function, value, &frame).unicodeScalars)
    }

    /// A position between 0 and `limit`.
    private static func position(_ function: String, _ value: CELValue, limit: Int) throws(Failure) -> Int {
        guard case .int = value else { throw .overload(function, .string, value.kind) }
        guard let position = value.asInt, (0...limit).contains(position) else {
            throw Failure(.outOfRange, "'\(function)' at a position outside the text")
        }
        return position
    }

    private static func string(_ scalars: some Sequence<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    // MARK: Searching

    private static func indexOf(_ values: [CELValue], _ frame: inout Frame) throws(Failure) -> CELValue {
        let text = try scalars("indexOf", values[0], &frame)
        let part = try scalars("indexOf", values[1], &frame)
        let start = values.count > 2 ? try position("indexOf", values[2], limit: text.count) : 0
        guard start <= text.count - part.count else { return .int(-1) }
        for offset in start...(text.count - part.count) {
            if try matches(part, text, at: offset, &frame) { return .int(Int64(offset)) }
        }
        return .int(-1)
    }

    private static func lastIndexOf(_ values: [CELValue], _ frame: inout Frame) throws(Failure) -> CELValue {
        let text = try scalars("lastIndexOf", values[0], &frame)
        let part = try scalars("lastIndexOf", values[1], &frame)
        let last = values.count > 2 ? try position("lastIndexOf", values[2], limit: text.count) : text.count
        var offset = min(last, text.count - part.count)
        while offset >= 0 {
            if try matches(part, text, at: offset, &frame) { return .int(Int64(offset)) }
            offset -= 1
        }
        return .int(-1)
    }

    private static func matches(
        _ part: [Unicode.Scalar],
        _ text: [Unicode.Scalar],
        at offset: Int,
        _ frame: inout Frame
    ) throws(Failure) -> Bool {
        var matched = 0
        while matched < part.count, text[offset + matched] == part[matched] { matched += 1 }
        // Hostile texts make the search quadratic; the budget pays for what was compared.
        if matched >= 32 { try frame.spend(matched >> 5) }
        return matched == part.count
    }

    // MARK: Parts

    private static func charAt(
        _ value: CELValue,
        _ index: CELValue,
        _ frame: inout Frame
    ) throws(Failure) -> CELValue {
        let text = try scalars("charAt", value, &frame)
        let position = try position("charAt", index, limit: text.count)
        return .string(position == text.count ? "" : String(text[position]))
    }

    private static func substring(_ values: [CELValue], _ frame: inout Frame) throws(Failure) -> CELValue {
        let text = try scalars("substring", values[0], &frame)
        let start = try position("substring", values[1], limit: text.count)
        let end = values.count > 2 ? try position("substring", values[2], limit: text.count) : text.count
        guard start <= end else { throw Failure(.outOfRange, "'substring' ends before it starts") }
        return .string(string(text[start..<end]))
    }

    /// The limit argument of `split` and `replace`; a negative one means none.
    private static func limit(_ function: String, _ values: [CELValue], at index: Int) throws(Failure) -> Int {
        guard values.count > index else { return .max }
        guard case .int(let limit) = values[index] else { throw .overload(function, .string, values[index].kind) }
        return limit < 0 ? .max : Int(clamping: limit)
    }

    private static func split(_ values: [CELValue], _ frame: inout Frame) throws(Failure) -> CELValue {
        let text = try text("split", values[0], &frame)
        let separator = try self.text("split", values[1], &frame)
        let limit = try limit("split", values, at: 2)
        guard limit > 0 else { return .list([]) }
        var parts: [CELValue] = []
        if separator.isEmpty {
            let scalars = text.unicodeScalars
            try frame.spend(text.utf8.count)
            for scalar in scalars.prefix(limit - 1) { parts.append(.string(String(scalar))) }
            let rest = scalars.dropFirst(limit - 1)
            if !rest.isEmpty || parts.isEmpty { parts.append(.string(String(rest))) }
            return .list(parts)
        }
        for range in Letters.ranges(of: separator, in: text, limit: limit - 1) {
            parts.append(.string(range))
        }
        try frame.spend(parts.count)
        return .list(parts)
    }

    private static func replace(_ values: [CELValue], _ frame: inout Frame) throws(Failure) -> CELValue {
        let text = try text("replace", values[0], &frame)
        let part = try self.text("replace", values[1], &frame)
        let replacement = try self.text("replace", values[2], &frame)
        let limit = try limit("replace", values, at: 3)
        let pieces =
            part.isEmpty
            ? Letters.gaps(in: text, limit: limit) : Letters.ranges(of: part, in: text, limit: limit)
        let (added, overflows) = (pieces.count - 1).multipliedReportingOverflow(by: replacement.utf8.count)
        guard !overflows else { throw .budget }
        try frame.spend(bytes: added)
        return .string(pieces.joined(separator: replacement))
    }

    private static func join(
        _ list: CELValue,
        _ separator: CELValue,
        _ frame: inout Frame
    ) throws(Failure) -> CELValue {
        guard case .list(let values) = list else { throw .overload("join", list.kind) }
        let separator = try text("join", separator, &frame)
        var joined = ""
        for (index, value) in values.enumerated() {
            if index > 0 {
                try frame.spend(bytes: separator.utf8.count)
                joined += separator
            }
            joined += try text("join", value, &frame)
        }
        return .string(joined)
    }

    private static func quote(_ value: CELValue, _ frame: inout Frame) throws(Failure) -> CELValue {
        var quoted = String.UnicodeScalarView("\"".unicodeScalars)
        for scalar in try text("strings.quote", value, &frame).unicodeScalars {
            if let letter = escapes[scalar] {
                quoted.append("\\")
                quoted.append(letter)
            } else {
                quoted.append(scalar)
            }
        }
        quoted.append("\"")
        return .string(String(quoted))
    }

    private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
        "\u{07}": "a", "\u{08}": "b", "\u{0C}": "f", "\n": "n", "\r": "r", "\t": "t", "\u{0B}": "v", "\\": "\\",
        "\"": "\"",
    ]
}
