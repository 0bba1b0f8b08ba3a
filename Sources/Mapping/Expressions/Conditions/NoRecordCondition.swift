import CEL

/// Why a condition cannot be decided by the database, and where.
///
/// Such a condition is right all the same; it is evaluated record by record.
package struct NoRecordCondition: Error, Sendable, Equatable {
    /// The closed set of reasons.
    package enum Reason: Hashable, Sendable {
        /// It reads something else than the properties of the record.
        case otherVariable
        /// An operator that databases calculate otherwise.
        case operation(String)
        /// A function or macro that databases do not have.
        case function(String)
        /// A value of a type that no property has.
        case value(String)
        /// A part that is neither a property, a constant nor a function of them.
        case part
    }

    /// The line of the expression, from 1.
    package let line: Int
    /// The column in code points, from 1.
    package let column: Int
    /// The reason.
    package let reason: Reason

    init(_ node: CELExpression, of program: CELProgram, _ reason: Reason) {
        (self.line, self.column) = program.expression.position(of: node)
        self.reason = reason
    }

    /// The reason as a clause: `matches() has no form in SQL`.
    package var message: String {
        switch self.reason {
        case .otherVariable: "what is no property of the record has no form in SQL"
        case .operation(let name): "'\(name)' has no form in SQL"
        case .function(let name): "\(name)() has no form in SQL"
        case .value(let name): "a value of type \(name) has no form in SQL"
        case .part: "this part has no form in SQL"
        }
    }
}
