package import Records

/// What an operation does on the remote side.
package enum OperationKind: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// Makes a record.
    case create
    /// Writes properties.
    case update
    /// Archives or deletes the record.
    case archive
    /// Adds or removes associations.
    case associate
}

/// How urgent an operation is.
package enum OperationLane: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// In its turn.
    case normal
    /// Before all others: consent (R13).
    case urgent
}

/// How far an operation got.
package enum OperationState: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// Not sent, or refused for now.
    case waiting
    /// Sent, no answer yet; after a crash, unknown.
    case inFlight = "in_flight"
    /// Sent, and the answer never came: it is read back before anything is sent again.
    case unknown
}

/// One field of an operation.
package struct OperationField: Hashable, Sendable {
    /// The place in the operation's shape.
    package let field: Int
    /// The local value that the write was made from.
    package let source: Value
    /// What is sent, in remote terms.
    package let sent: Value
    /// What the remote side held before.
    package let previous: Value
    /// Whether nobody meant to change it: it goes along with the parts of one text that are meant.
    package let isCarried: Bool

    /// Creates a field.
    package init(_ field: Int, source: Value, sent: Value, previous: Value, isCarried: Bool = false) {
        self.field = field
        self.source = source
        self.sent = sent
        self.previous = previous
        self.isCarried = isCarried
    }

    /// The same at another place.
    func moved(to place: Int) -> Self {
        Self(place, source: self.source, sent: self.sent, previous: self.previous, isCarried: self.isCarried)
    }
}

/// One operation on the remote side that is not confirmed yet; its row goes once it is.
package struct PendingOperation: Hashable, Sendable {
    /// The number in the store; 0 before it is put.
    package var id: Int64
    /// The run that made it; nil outside runs.
    package var run: RunNumber?
    /// The connection.
    package var connection: ConnectionNumber
    /// The remote object.
    package var object: ObjectNumber
    /// The record it is about.
    package var record: RecordID
    /// The remote id; nil for a create, and only for that.
    package var remote: Text?
    /// What it does.
    package var kind: OperationKind
    /// How urgent it is.
    package var lane: OperationLane
    /// How far it got.
    package var state: OperationState
    /// How often it was sent.
    package var attempts: Int
    /// Not to be sent before; nil at once.
    package var notBefore: Instant?
    /// When it was sent last; nil if never.
    package var sentAt: Instant?
    /// The version that the answer gave, 0 if it gave none; nil while no answer came.
    package var answeredVersion: Int64?
    /// The value of the unique property by which an unanswered create is found (R4); nil if there is none.
    package var createKey: Text?
    /// The record's version from which it was planned.
    package var basedOn: Int64
    /// The shape that the fields' places belong to.
    package var shape: ShapeNumber
    /// The fields.
    package var fields: [OperationField]

    /// Creates an operation that waits.
    package init(
        run: RunNumber? = nil,
        connection: ConnectionNumber,
        object: ObjectNumber,
        record: RecordID,
        remote: Text?,
        kind: OperationKind,
        lane: OperationLane = .normal,
        createKey: Text? = nil,
        basedOn: Int64,
        shape: ShapeNumber,
        fields: [OperationField]
    ) {
        self.id = 0
        self.run = run
        self.connection = connection
        self.object = object
        self.record = record
        self.remote = remote
        self.kind = kind
        self.lane = lane
        self.state = .waiting
        self.attempts = 0
        self.createKey = createKey
        self.basedOn = basedOn
        self.shape = shape
        self.fields = fields
    }
}

/// The stored form of an operation's fields: `[[place,source,sent,previous]]`, values self-describing.
///
/// A part that is carried along has `true` behind that. Rows from before that mark are told by what they send: what the
/// CRM held already.
enum OperationPayload {
    static func encode(_ fields: [OperationField]) throws(CodecError) -> SQLText {
        var writer = JSONWriter(capacity: 256)
        writer.byte(UInt8(ascii: "["))
        for (place, field) in fields.enumerated() {
            writer.raw(place == 0 ? "[" : ",[")
            writer.number(field.field)
            for value in [field.source, field.sent, field.previous] {
                writer.byte(UInt8(ascii: ","))
                try writer.selfDescribing(value)
            }
            if field.isCarried {
                writer.byte(UInt8(ascii: ","))
                try writer.selfDescribing(.flag(true))
            }
            writer.byte(UInt8(ascii: "]"))
        }
        writer.byte(UInt8(ascii: "]"))
        return SQLText(writer.bytes)
    }

    static func decode(_ bytes: UnsafeBufferPointer<UInt8>) throws(CodecError) -> [OperationField] {
        var reader = ValueReader(bytes)
        var fields: [OperationField] = []
        try reader.expect(UInt8(ascii: "["))
        guard !reader.take(UInt8(ascii: "]")) else { return fields }
        repeat {
            try reader.expect(UInt8(ascii: "["))
            let field = Int(try reader.integer())
            var values: [Value] = []
            while reader.take(UInt8(ascii: ",")) { values.append(try reader.selfDescribing() ?? .absent) }
            guard values.count == 3 || values.count == 4 else { throw reader.malformed }
            try reader.expect(UInt8(ascii: "]"))
            let isCarried = values.count == 4 ? values[3] == .flag(true) : values[1] == values[2]
            fields.append(
                OperationField(field, source: values[0], sent: values[1], previous: values[2], isCarried: isCarried)
            )
        } while reader.take(UInt8(ascii: ","))
        try reader.expect(UInt8(ascii: "]"))
        return fields
    }
}
