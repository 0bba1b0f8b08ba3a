/// What is wrong with an expression or went wrong while it ran, where, and how to mend it.
package struct CELError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The class of a problem, for code that must tell them apart.
    package enum Kind: String, Sendable {
        /// The text is not an expression.
        case syntax
        /// The expression is too long, nested too deep, or a pattern too large.
        case limit
        /// A name that nobody declared.
        case undeclared
        /// A field that the declared type does not have.
        case unknownField
        /// Operands or arguments of the wrong type, found before anything runs.
        case type
        /// Operands or arguments of the wrong type, found while running.
        case noSuchOverload
        /// A map has no such key, or a field has no value.
        case noSuchKey
        /// A list has no such index.
        case outOfRange
        /// A number or a time left its range.
        case overflow
        /// Division or remainder by zero.
        case divisionByZero
        /// An argument that a function does not take.
        case invalidArgument
        /// A function that is declared but has no body.
        case unbound
        /// The evaluation visited more nodes than its budget allows; `&&` and `||` do not absorb it.
        case budget
        /// A function of the host failed.
        case host
    }

    /// The line, from 1.
    package let line: Int
    /// The column in code points, from 1.
    package let column: Int
    /// The class of the problem.
    package let kind: Kind
    /// What is wrong; never holds a value of a record.
    package let message: String
    /// How to mend it; nil when there is nothing to say beyond the message.
    package let mend: String?

    /// A problem at a place.
    package init(line: Int, column: Int, kind: Kind, message: String, mend: String? = nil) {
        self.line = line
        self.column = column
        self.kind = kind
        self.message = message
        self.mend = mend
    }

    /// `line:column: message; mend`.
    package var description: String {
        let place = "\(line):\(column): \(message)"
        return mend.map { "\(place); \($0)" } ?? place
    }
}
