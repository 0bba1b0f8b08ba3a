/// Which parts of a record an answer shows.
struct ReadPlan {
    /// The properties by name in byte order, each with its number and its JSON key.
    var properties: [(number: Int, key: [UInt8])]
    /// The properties whose versions are shown, by name.
    var histories: [Int]
    /// The types whose associations are shown.
    var associations: [ObjectType] = []

    /// A plan for what was asked for; unknown properties are left out without a word, as the product does.
    ///
    /// `requested` holds the names asked for; nil gives the type's default properties.
    init(_ table: ObjectTable, requested: [[UInt8]]?, histories: [[UInt8]] = []) {
        let asked = requested ?? table.type.defaultProperties.map { Array($0.utf8) }
        let names = Set(asked + table.type.standingProperties.map { Array($0.utf8) })
        self.properties = names.sorted { $0.lexicographicallyPrecedes($1) }.compactMap { name in
            table.properties.number(of: name).map { ($0, table.properties.jsonKeys[$0]) }
        }
        self.histories = histories.compactMap { table.properties.number(of: $0) }
    }
}
