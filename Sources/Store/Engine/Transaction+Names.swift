package import Records

extension Transaction {
    /// The number of an object, local or remote; given out now if the name is new, which takes a write.
    package func object(_ name: String) throws -> ObjectNumber {
        if let known = try self.knownObject(name) { return known }
        let number = ObjectNumber(
            rawValue: try self.insert("INSERT INTO object(name) VALUES(?1) RETURNING number", name)
        )
        self.note { $0.objects.insert(Text(name), number) }
        return number
    }

    /// The number of an object; nil if the store has never met the name.
    package func knownObject(_ name: String) throws -> ObjectNumber? {
        if let known = self.catalog.known.objects.numbers[Text(name)] { return known }
        let sql: StaticString = "SELECT number FROM object WHERE name = ?1"
        guard let number = try self.first(sql, name, read: { $0.number(0) as ObjectNumber }) else { return nil }
        self.note { $0.objects.insert(Text(name), number) }
        return number
    }

    /// The name of an object; throws `StoreError.notFound` for a number of another database.
    package func name(of object: ObjectNumber) throws -> String {
        if let known = self.catalog.known.objects.names[object] { return known.string }
        guard let name = try self.first("SELECT name FROM object WHERE number = ?1", object, read: { $0.text(0) })
        else {
            throw StoreError(.notFound, "no object has the number \(object.rawValue)")
        }
        self.note { $0.objects.insert(name, object) }
        return name.string
    }

    /// The number of an actor; given out now if the name is new, which takes a write.
    package func actor(_ name: String) throws -> ActorNumber {
        if let known = self.catalog.known.actors.numbers[Text(name)] { return known }
        let sql: StaticString = "SELECT number FROM actor WHERE name = ?1"
        let known = try self.first(sql, name, read: { $0.number(0) as ActorNumber })
        let insert: StaticString = "INSERT INTO actor(name) VALUES(?1) RETURNING number"
        let number = try known ?? ActorNumber(rawValue: self.insert(insert, name))
        self.note { $0.actors.insert(Text(name), number) }
        return number
    }

    /// The name of an actor; throws `StoreError.notFound` for a number of another database.
    package func name(of actor: ActorNumber) throws -> String {
        if let known = self.catalog.known.actors.names[actor] { return known.string }
        guard let name = try self.first("SELECT name FROM actor WHERE number = ?1", actor, read: { $0.text(0) }) else {
            throw StoreError(.notFound, "no actor has the number \(actor.rawValue)")
        }
        self.note { $0.actors.insert(name, actor) }
        return name.string
    }

    /// The codec of an object's records.
    package func codec(of object: ObjectNumber) throws -> PropertiesCodec {
        if let known = self.catalog.known.codecs[object] { return known }
        let codec = self.codecs[Text(try self.name(of: object))]
        self.note { $0.codecs[object] = codec }
        return codec
    }

    /// Whether every object of the schema has its number.
    func knowsObjects(_ schema: Schema) throws -> Bool {
        try schema.objects.allSatisfy { try self.knownObject($0.name) != nil }
    }
}
