/// The functions of an environment, by name.
struct FunctionTable: Sendable {
    private var overloads: [String: [Overload]] = [:]

    init(_ overloads: [Overload] = []) {
        for overload in overloads { add(overload) }
    }

    /// Adds a signature; one with the same parameters is replaced.
    mutating func add(_ overload: Overload) {
        var known = overloads[overload.name] ?? []
        known.removeAll { $0.isMember == overload.isMember && $0.parameters == overload.parameters }
        known.append(overload)
        overloads[overload.name] = known
    }

    /// The signatures of a name in one way of calling; empty when there is none.
    func overloads(_ name: String, isMember: Bool) -> [Overload] {
        (overloads[name] ?? []).filter { $0.isMember == isMember }
    }

    /// Whether the name exists in any way of calling.
    func contains(_ name: String) -> Bool { overloads[name] != nil }

    /// All names, sorted.
    var names: [String] { overloads.keys.sorted() }

    /// The standard library and the extensions.
    static let standard = FunctionTable(
        StandardFunctions.overloads + Conversions.overloads + TimeFunctions.overloads + StringFunctions.overloads
            + MathFunctions.overloads + OptionalFunctions.overloads + EncoderFunctions.overloads
            + MatchesFunction.overloads + FieldFunctions.overloads + DateFunctions.overloads
    )
}
