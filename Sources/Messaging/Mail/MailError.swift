/// Why a message cannot be composed; never holds what the message says.
package struct MailError: Error, Equatable, CustomStringConvertible {
    /// The closed set of causes.
    package enum Code: String, Sendable {
        /// A header's name or value holds a byte that could begin another header.
        case headerInjection = "header_injection"
        /// A header's value is longer than any mail program needs.
        case headerTooLong = "header_too_long"
        /// An address is none.
        case badAddress = "bad_address"
        /// A template's expression failed for this record.
        case templateFailed = "template_failed"
        /// There is no such template.
        case noTemplate = "no_template"
    }

    /// What kind of failure it is.
    package let code: Code
    /// What happened, without values of records.
    package let message: String

    /// Creates an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { self.message }
}
