/// Why values could not be written to, or read from, their stored form.
package struct CodecError: Error, Equatable, CustomStringConvertible {
    /// The closed set of reasons.
    package enum Reason: String, Sendable {
        /// The value is of a kind that the property cannot hold.
        case wrongKind = "a value of another kind than its property"
        /// U+0000, which no store may hold (DESIGN §3).
        case nul = "U+0000 in a text"
        /// A day outside the years 1 to 9999.
        case dateOutOfRange = "a day outside the years 1 to 9999"
        /// Stored bytes that this codec did not write.
        case malformed = "malformed stored values"
    }

    /// What is wrong.
    package let reason: Reason
    /// The property concerned, or the byte at which reading stopped; empty if neither is known.
    package let place: String

    /// Creates an error.
    package init(_ reason: Reason, _ place: String = "") {
        self.reason = reason
        self.place = place
    }

    package var description: String {
        self.place.utf8.isEmpty ? self.reason.rawValue : "\(self.reason.rawValue) (\(self.place))"
    }
}
