package import Records

/// One value of a page: bytes that live as long as the page's closure runs.
package struct JSONSlice {
    /// What kind of value it is; the numbers are those of `csj_kind`.
    package enum Kind: UInt32, Sendable {
        /// The path leads nowhere: the API did not send it, which is not the same as an empty value.
        case absent = 0
        /// The literal `null`.
        case null = 1
        /// A string, unescaped, without U+0000.
        case string = 2
        /// A number as the text it was sent in, because it may exceed what a `Double` can hold.
        case number = 3
        /// The literal `true`.
        case `true` = 4
        /// The literal `false`.
        case `false` = 5
        /// An array or object as JSON text, checked and at most 64 levels deep; `JSON(parsing:)` reads it.
        case raw = 6
    }

    /// What kind of value it is.
    package let kind: Kind
    /// The bytes of a string, number, array or object; empty for the others.
    package let bytes: UnsafeBufferPointer<UInt8>

    /// Makes a slice of bytes that the caller keeps alive.
    package init(_ kind: Kind, _ bytes: UnsafeBufferPointer<UInt8> = UnsafeBufferPointer(start: nil, count: 0)) {
        self.kind = kind
        self.bytes = bytes
    }

    /// A copy of a string's text or a number's digits; `nil` for every other kind.
    package var text: String? {
        switch kind {
        case .string, .number: String(decoding: bytes, as: UTF8.self)
        case .absent, .null, .true, .false, .raw: nil
        }
    }

    /// A copy as a small document; `nil` when absent, throws `JSONError` when a key occurs twice in it.
    package func json() throws -> JSON? {
        switch kind {
        case .absent: nil
        case .null: .null
        case .true: .bool(true)
        case .false: .bool(false)
        case .string: .string(String(decoding: bytes, as: UTF8.self))
        case .number: .number(String(decoding: bytes, as: UTF8.self))
        case .raw: try JSON(parsing: bytes)
        }
    }
}
