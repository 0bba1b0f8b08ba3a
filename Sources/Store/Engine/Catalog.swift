import Records

/// Names and their numbers, and shapes; rows that are never changed once they are there.
///
/// Every transaction begins with the store's, and few add to it: one reference to what never changes.
final class Catalog: Sendable {
    let known: Known

    init(_ known: Known = Known()) { self.known = known }

    struct Known: Sendable {
        var objects = Names<ObjectNumber>()
        var actors = Names<ActorNumber>()
        var connections = Names<ConnectionNumber>()
        var shapes: [ShapeNumber: Shape] = [:]
        /// Codecs by the number of their object.
        var codecs: [ObjectNumber: PropertiesCodec] = [:]
        /// Where the fields of a shape are in the records of an object; nil for those that are computed.
        var places: [ShapedObject: [Int?]] = [:]
    }

    /// A shape and the object of the records that it covers.
    struct ShapedObject: Hashable, Sendable {
        let shape: ShapeNumber
        let object: ObjectNumber
    }

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
