package import Records

/// What names a link: a remote record of a connection.
package struct LinkKey: Hashable, Sendable {
    /// The connection.
    package let connection: ConnectionNumber
    /// The remote object.
    package let object: ObjectNumber
    /// The remote id.
    package let remote: Text

    /// Creates a key.
    package init(_ connection: ConnectionNumber, _ object: ObjectNumber, _ remote: Text) {
        self.connection = connection
        self.object = object
        self.remote = remote
    }
}

/// Whether a link is at work.
package enum LinkStatus: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// Changes travel.
    case active
    /// The record left the mapping's filter: the link is frozen, nothing is deleted (R18).
    case excluded
    /// The remote record is gone, with evidence (R10).
    case gone
}

/// What tells which link it is and how far it was seen, without what both sides agreed on.
package struct LinkMark: Hashable, Sendable {
    /// The remote id.
    package let remote: Text
    /// The highest version observed or written (R3).
    package let remoteVersion: Int64
    /// Whether the link is at work.
    package let isActive: Bool
}

/// The tie between a record and a remote record.
package struct Link: Hashable, Sendable {
    /// The remote side.
    package let key: LinkKey
    /// The local side.
    package let record: RecordID
    /// The highest version observed or written (R3); an observation below it is dropped.
    package let remoteVersion: Int64
    /// The record's version when a field was last agreed on.
    package let agreed: Int64
    /// The fields that the shadows cover.
    package let shape: ShapeNumber
    /// The remote shadow as it is stored, to be compared byte by byte.
    package let remoteShadowBytes: [UInt8]
    /// The local shadow, of the fields only whose record moved on.
    package let localShadow: LocalShadow
    /// Whether the link is at work.
    package let status: LinkStatus

    /// What the remote side held at the last agreement, by the shape's places; nil without a shadow.
    package func remoteShadow() throws -> [Value?] {
        try StoreError.translating { try ValueArrayCodec.decode(self.remoteShadowBytes) }
    }

    /// What the remote side held at the last agreement at some of the shape's places, which ascend; nil without a shadow.
    ///
    /// Costs less than all of it where a few places are asked for.
    package func remoteShadow(at places: [Int]) throws -> [Value?] {
        try StoreError.translating {
            try self.remoteShadowBytes.withUnsafeBufferPointer { bytes in try Self.values(at: places, in: bytes) }
        }
    }

    private static func values(at places: [Int], in bytes: UnsafeBufferPointer<UInt8>) throws -> [Value?] {
        var values: [Value?] = []
        var reader = ValueReader(bytes)
        try reader.expect(UInt8(ascii: "["))
        for place in 0...(places.last ?? 0) where values.count < places.count {
            if place > 0 { try reader.expect(UInt8(ascii: ",")) }
            if place == places[values.count] {
                values.append(try reader.selfDescribing())
            } else {
                _ = try reader.skip()
            }
        }
        return values
    }
}

/// One field on which both sides agree, and what each holds.
package struct AgreedField: Hashable, Sendable {
    /// The place in the link's shape.
    package let field: Int
    /// The local value that was agreed on.
    package let local: Value
    /// The remote value as the remote side returned it.
    package let remote: Value
    /// Whether our side has something to tell beyond that, for a computed local side, whose value the store does not know.
    package let isAhead: Bool

    /// Creates an agreement.
    package init(_ field: Int, local: Value, remote: Value, isAhead: Bool = false) {
        self.field = field
        self.local = local
        self.remote = remote
        self.isAhead = isAhead
    }
}

/// Both sides of a link by the shape's places, as the planner wants them; the remote side is the observation's.
package struct LinkValues: Hashable, Sendable {
    /// The record's version.
    package let version: Int64
    /// Whether the record is neither deleted nor merged away.
    package let isLive: Bool
    /// What the record holds; `.absent` for a field whose local side is computed.
    package let local: [Value]
    /// What the record held at the last agreement; nil without a shadow.
    package let localShadow: [Value?]
    /// What the remote side held at the last agreement; nil without a shadow.
    package let remoteShadow: [Value?]
}
