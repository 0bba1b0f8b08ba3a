import Records

/// The fields of a mapping at some time: what the positions in shadows and observations mean (R9).
package struct Shape: Hashable, Sendable {
    /// One field.
    package struct Field: Hashable, Sendable {
        /// The local property; nil if the local side is computed from several.
        package let local: String?
        /// The local properties that a computed local side is made from; empty otherwise.
        package let inputs: [String]
        /// The remote property; nil if the remote side is computed.
        package let remote: String?
        /// The hash of everything that decides what the field's shadow means.
        package let fingerprint: String

        /// Creates a field.
        package init(local: String?, inputs: [String] = [], remote: String?, fingerprint: String) {
            self.local = local
            self.inputs = local == nil ? inputs : []
            self.remote = remote
            self.fingerprint = fingerprint
        }
    }

    /// The mapping's name.
    package let mapping: String
    /// The fields; their places are the positions in shadows.
    package let fields: [Field]
    /// The fields as they are stored, made once: each run asks for the numbers of its shapes.
    let encodedFields: [UInt8]

    /// Creates a shape.
    package init(mapping: String, fields: [Field]) {
        self.mapping = mapping
        self.fields = fields
        self.encodedFields = Self.encode(fields)
    }

    /// Where a field of this shape stands in another one; nil where it means something else there, or is not at all (R9).
    func place(_ place: Int, in other: Shape) -> Int? {
        let field = self.fields[place]
        return other.fields.firstIndex {
            Breakage.reshapeKeepsShadows.isOn ? $0.local == field.local : $0 == field
        }
    }

    /// The places of the fields whose local side is the property, or is computed from it.
    package func fields(readingLocal property: String) -> [Int] {
        self.fields.indices.filter { place in
            let field = self.fields[place]
            if let local = field.local { return local.hasSameBytes(as: property) }
            return field.inputs.contains { $0.hasSameBytes(as: property) }
        }
    }
}

/// The stored form: `[["email",[],"email","fingerprint"]]`.
extension Shape {
    /// The fields as JSON.
    private static func encode(_ fields: [Field]) -> [UInt8] {
        let rows = fields.map { field -> JSON in
            .array([
                field.local.map { .string($0) } ?? .null,
                .array(field.inputs.map { .string($0) }),
                field.remote.map { .string($0) } ?? .null,
                .string(field.fingerprint),
            ])
        }
        return JSON.array(rows).bytes
    }

    /// Reads the fields of a mapping's shape.
    init(mapping: String, decoding bytes: [UInt8]) throws {
        guard let rows = try? JSON(parsing: bytes).array else { throw StoreError(.corrupt, "a shape that is no array") }
        let fields = try rows.map { row -> Field in
            guard let fingerprint = row[3]?.string else { throw StoreError(.corrupt, "a shape's field") }
            let inputs = row[1]?.array?.compactMap(\.string) ?? []
            return Field(local: row[0]?.string, inputs: inputs, remote: row[2]?.string, fingerprint: fingerprint)
        }
        self.init(mapping: mapping, fields: fields)
    }
}

extension Transaction {
    /// The number of a shape; given out now if a mapping has these fields for the first time, which takes a write.
    package func number(of shape: Shape) throws -> ShapeNumber {
        let fields = SQLText(shape.encodedFields)
        let find: StaticString = "SELECT number FROM shape WHERE mapping = ?1 AND fields = ?2"
        let known = try self.first(find, shape.mapping, fields, read: { $0.number(0) as ShapeNumber })
        if let known { return known }
        let sql: StaticString = "INSERT INTO shape(mapping, fields) VALUES(?1, ?2) RETURNING number"
        return ShapeNumber(rawValue: try self.insert(sql, shape.mapping, fields))
    }

    /// The shape of a number; throws `StoreError.notFound` for a number of another database.
    package func shape(_ number: ShapeNumber) throws -> Shape {
        if let known = self.catalog.known.shapes[number] { return known }
        let sql: StaticString = "SELECT mapping, fields FROM shape WHERE number = ?1"
        let shape = try self.first(sql, number) { try Shape(mapping: $0.string(0), decoding: $0.bytes(1)) }
        guard let shape else { throw StoreError(.notFound, "no shape has the number \(number.rawValue)") }
        self.note { $0.shapes[number] = shape }
        return shape
    }
}
