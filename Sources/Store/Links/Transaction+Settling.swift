package import Records

extension Transaction {
    /// Both sides of a link, by its shape's places; what a plan is made from.
    package func values(of link: Link) throws -> LinkValues {
        guard let record = try self.record(link.record) else { throw StoreError(.corrupt, "a link without its record") }
        return try self.values(of: link, record: record)
    }

    /// Both sides of a link whose record was read already in this transaction.
    package func values(of link: Link, record: StoredRecord) throws -> LinkValues {
        let places = try self.places(of: link.shape, in: record.object)
        let local = places.map { $0.map { record.values[$0] } ?? .absent }
        let remoteShadow = try link.remoteShadow()
        let localShadow = local.indices.map { place -> Value? in
            // A field has a shadow on both sides or on neither.
            guard place < remoteShadow.count, remoteShadow[place] != nil else { return nil }
            return link.localShadow.value(of: place, current: local[place])
        }
        return LinkValues(
            version: record.version,
            isLive: record.isLive,
            local: local,
            localShadow: localShadow,
            remoteShadow: remoteShadow
        )
    }

    /// A record's values by the places of a shape; `.absent` for fields whose local side is computed.
    package func localValues(of id: RecordID, shape: Shape) throws -> [Value] {
        guard let row = try self.row(of: id) else { throw StoreError(.notFound, "no record \(id)") }
        return try self.localValues(row, shape: shape)
    }

    /// Moves the shadows of some fields to what both sides agreed on, and raises the version floor.
    ///
    /// `version` nil leaves the floor. `basedOn` is the record's version from which computed local sides were made; nil
    /// is the current one. If the record moved on meanwhile, the agreed value stays as the field's local shadow.
    ///
    /// Throws `StoreError.notFound` if there is no such link.
    package func settle(
        _ key: LinkKey,
        agreed: [AgreedField],
        version: Int64? = nil,
        basedOn: Int64? = nil
    ) throws {
        guard let link = try self.link(key) else { throw StoreError(.notFound, "no such link") }
        guard let row = try self.row(of: link.record) else { throw StoreError(.corrupt, "a link without its record") }
        let shape = try self.shape(link.shape)
        let values = try self.decoded.values(of: link.record, stored: row.properties, self.codec(of: row.object))
        let current = try self.places(of: link.shape, in: row.object).map { $0.map { values[$0] } ?? .absent }
        var remoteShadow = try link.remoteShadow()
        var localShadow = link.localShadow
        for field in agreed {
            precondition(field.field < remoteShadow.count, "an agreement on a field outside the link's shape")
            remoteShadow[field.field] = field.remote
            let isStale = shape.fields[field.field].local == nil && (basedOn ?? row.version) != row.version
            if isStale {
                // Whether it still is what was agreed on, only whoever computes it can tell.
                localShadow.inputMoved(field.field)
            } else {
                localShadow.settle(field, shape: shape, current: current)
            }
        }
        try self.execute(
            """
            UPDATE link SET remote_shadow = ?4, local_shadow = ?5, agreed = ?6, remote_version = ?7
            WHERE connection = ?1 AND object = ?2 AND remote = ?3
            """,
            key.connection,
            key.object,
            key.remote,
            try ValueArrayCodec.encode(remoteShadow),
            try localShadow.encoded(),
            row.version,
            max(version ?? link.remoteVersion, link.remoteVersion)
        )
    }

    /// Gives a link the shape of the mapping as it is now (R9).
    ///
    /// Fields of the same sides and fingerprint keep their shadows; all others lose them and are met for the first time.
    package func reshape(_ key: LinkKey, to number: ShapeNumber) throws {
        guard let link = try self.link(key) else { throw StoreError(.notFound, "no such link") }
        guard link.shape != number else { return }
        let (old, new) = (try self.shape(link.shape), try self.shape(number))
        let oldShadow = try link.remoteShadow()
        var remoteShadow = [Value?](repeating: nil, count: new.fields.count)
        for place in new.fields.indices {
            if let before = new.place(place, in: old) { remoteShadow[place] = oldShadow[before] }
        }
        let localShadow = link.localShadow.moved { new.fields.firstIndex(of: old.fields[$0]) }
        try self.execute(
            """
            UPDATE link SET shape = ?4, remote_shadow = ?5, local_shadow = ?6
            WHERE connection = ?1 AND object = ?2 AND remote = ?3
            """,
            key.connection,
            key.object,
            key.remote,
            number,
            try ValueArrayCodec.encode(remoteShadow),
            try localShadow.encoded()
        )
    }

    /// The schema position of each field's local property; nil for fields whose local side is computed.
    private func places(of number: ShapeNumber, in object: ObjectNumber) throws -> [Int?] {
        let key = Catalog.ShapedObject(shape: number, object: object)
        if let known = self.catalog.known.places[key] { return known }
        let codec = try self.codec(of: object)
        let places = try self.shape(number).fields.map { field in field.local.flatMap { codec.position(of: $0) } }
        self.note { $0.places[key] = places }
        return places
    }

    func localValues(_ row: RecordRow, shape: Shape) throws -> [Value] {
        let codec = try self.codec(of: row.object)
        let values = try codec.decode(row.properties)
        return shape.fields.map { field in
            field.local.flatMap { codec.position(of: $0) }.map { values[$0] } ?? .absent
        }
    }
}

extension LocalShadow {
    /// Records an agreement against the record's current values.
    mutating func settle(_ agreed: AgreedField, shape: Shape, current: [Value]) {
        guard shape.fields[agreed.field].local != nil, !Breakage.editDuringWriteIsAgreed.isOn else {
            // The current value of a computed side is not known here; its caller vouches for the record's version.
            self.forget(agreed.field)
            if agreed.isAhead { self.inputMoved(agreed.field) }
            return
        }
        self.agree(agreed.field, on: agreed.local, current: current[agreed.field])
    }
}
