import CEL

extension MappingField {
    /// The local properties that a computed remote value is made from, by name; empty for every other field.
    package var inputs: [String] {
        guard self.local == nil, let expression = self.expression else { return [] }
        return Set(expression.reads.compactMap { $0.field?.name }).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
