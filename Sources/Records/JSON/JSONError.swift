/// Why bytes were refused as JSON, and where; never holds any of the bytes themselves.
package struct JSONError: Error, Equatable, CustomStringConvertible {
    /// The closed set of reasons.
    package enum Reason: String, Sendable, CaseIterable {
        /// The text ends inside a value.
        case truncated = "the text ends too early"
        /// A byte that no value, separator or end can have here.
        case unexpectedByte = "unexpected byte"
        /// A number that is not written as JSON wants it.
        case invalidNumber = "not a JSON number"
        /// A raw control character inside a string.
        case controlCharacter = "control character in a string"
        /// A backslash followed by something that is no escape.
        case invalidEscape = "unknown escape in a string"
        /// Half of a surrogate pair; no text can hold it.
        case loneSurrogate = "lone surrogate in a string"
        /// Bytes that are not UTF-8.
        case invalidUTF8 = "not UTF-8"
        /// U+0000, which neither SQLite's functions nor PostgreSQL's text can hold.
        case nul = "U+0000 in a string"
        /// The same key twice in one object.
        case duplicateKey = "the same key twice in one object"
        /// Arrays and objects nested beyond the limit.
        case tooDeep = "nested too deeply"
        /// More bytes or values than the limit.
        case tooLarge = "too large"
        /// Something after the end of the document.
        case trailingBytes = "something after the end of the document"
    }

    /// What is wrong.
    package let reason: Reason
    /// The byte at which it was noticed, counted from 0.
    package let offset: Int

    /// Makes an error for a place.
    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "\(reason.rawValue) (byte \(offset))" }
}
