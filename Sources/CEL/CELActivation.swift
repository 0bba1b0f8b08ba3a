/// Gives the declared variables their values for one evaluation.
///
/// The clock comes from here as well: `now` and `today` are variables like others. Conforming types of at most three
/// words are passed on without allocating.
package protocol CELActivation {
    /// The value of a variable, by the number that its declaration returned; nil when it has none, which is an error
    /// where the expression needs it.
    ///
    /// For an object variable: its handle.
    func value(variable: Int) -> CELValue?

    /// The value of a declared field of an object variable; `.null` when it is blank or absent.
    func field(variable: Int, slot: Int) -> CELValue
}

/// Values of variables in the order of their declaration; slow objects, fit for tests and one-off evaluations.
package struct CELBindings: CELActivation, Sendable {
    /// The values by variable number; nil where a variable has none.
    package var values: [CELValue?]

    /// Bindings from values in the order of declaration.
    package init(_ values: [CELValue?] = []) {
        self.values = values
    }

    /// The value of a variable by its number; nil when it has none.
    package func value(variable: Int) -> CELValue? {
        variable < values.count ? values[variable] : nil
    }

    /// The field of a variable that is an object; `.null` for every other variable.
    package func field(variable: Int, slot: Int) -> CELValue {
        guard case .object(let object)? = value(variable: variable) else { return .null }
        return object.field(slot: slot)
    }
}
