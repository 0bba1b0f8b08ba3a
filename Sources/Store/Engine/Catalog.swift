import Records

/// Names and their numbers, and shapes; rows that are never changed once they are there.
struct Catalog: Sendable {
    var objects = Names<ObjectNumber>()
    var actors = Names<ActorNumber>()
    var connections = Names<ConnectionNumber>()
    var shapes: [ShapeNumber: Shape] = [:]
    /// Codecs by the number of their object.
    var codecs: [ObjectNumber: PropertiesCodec] = [:]

    /// Names and numbers, both ways.
    struct Names<Number: StoredNumber>: Sendable {
        private(set) var numbers: [Text: Number] = [:]
        private(set) var names: [Number: Text] = [:]

        mutating func insert(_ name: Text, _ number: Number) {
            self.numbers[name] = number
            self.names[number] = name
        }
    }
}
