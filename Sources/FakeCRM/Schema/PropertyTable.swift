/// The properties of one record type, each with a number that stays its own.
struct PropertyTable {
    private(set) var definitions: [PropertyDefinition] = []
    /// For each property its name as a JSON key: quoted, with the colon.
    private(set) var jsonKeys: [[UInt8]] = []
    /// The numbers of all unique properties in use.
    private(set) var uniqueNumbers: [Int] = []
    /// How often the properties have changed.
    private(set) var generation = 0
    private var numbers: [[UInt8]: Int] = [:]

    init(_ definitions: [PropertyDefinition]) {
        for definition in definitions { self.add(definition) }
    }

    /// The number of a property that is in use; nil when there is none of that name.
    func number(of name: [UInt8]) -> Int? {
        guard let number = self.numbers[name], !self.definitions[number].isArchived else { return nil }
        return number
    }

    /// The number of a property that is in use; nil when there is none of that name.
    func number(of name: String) -> Int? { self.number(of: Array(name.utf8)) }

    /// The number of a property, archived ones included; nil when there never was one of that name.
    func numberEvenArchived(of name: [UInt8]) -> Int? { self.numbers[name] }

    subscript(number: Int) -> PropertyDefinition {
        get { self.definitions[number] }
        set {
            self.definitions[number] = newValue
            self.noteChange()
        }
    }

    @discardableResult
    mutating func add(_ definition: PropertyDefinition) -> Int {
        let name = Array(definition.name.utf8)
        if let known = self.numbers[name] {
            self[known] = definition
            return known
        }
        var key: [UInt8] = [UInt8(ascii: "\"")]
        appendJSONEscaped(name, to: &key)
        key += [UInt8(ascii: "\""), UInt8(ascii: ":")]
        self.numbers[name] = self.definitions.count
        self.definitions.append(definition)
        self.jsonKeys.append(key)
        self.noteChange()
        return self.definitions.count - 1
    }

    private mutating func noteChange() {
        self.generation += 1
        self.uniqueNumbers = self.definitions.indices.filter {
            self.definitions[$0].isUnique && !self.definitions[$0].isArchived
        }
    }
}
