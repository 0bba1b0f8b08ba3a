import Records
import Store

/// A store in memory with a contact object, one connection and one mapping's shape.
struct Fixture {
    static let schema = Schema(objects: [
        ObjectSchema(
            name: "contact",
            properties: [
                PropertySchema(name: "email", type: .text, label: "E-mail"),
                PropertySchema(name: "first_name", type: .text, label: "First name"),
                PropertySchema(name: "last_name", type: .text, label: "Last name"),
                PropertySchema(name: "phone", type: .text, label: "Phone"),
                PropertySchema(name: "score", type: .number, label: "Score"),
                PropertySchema(name: "birthday", type: .date, label: "Birthday"),
                PropertySchema(name: "seen_at", type: .instant, label: "Seen at"),
                PropertySchema(name: "vip", type: .flag, label: "VIP"),
                PropertySchema(name: "interests", type: .set([]), label: "Interests"),
            ]
        ),
        ObjectSchema(name: "company", properties: [PropertySchema(name: "name", type: .text, label: "Name")]),
    ])

    static let email = IdentityKey(["email"])
    static let person = IdentityKey(["phone", "first_name", "last_name"])

    static func options(trace: (@Sendable (String) -> Void)? = nil) -> StoreOptions {
        StoreOptions(schema: schema, identityKeys: ["contact": [email, person]], trace: trace)
    }

    let store: Store
    let contact: ObjectNumber
    let contacts: ObjectNumber
    let connection: ConnectionNumber
    let shape: ShapeNumber
    let cause: Cause

    static let fields = [
        Shape.Field(local: "email", remote: "email", fingerprint: "1"),
        Shape.Field(local: "first_name", remote: "firstname", fingerprint: "2"),
        Shape.Field(local: "score", remote: "relais_score", fingerprint: "3"),
        Shape.Field(local: "email", remote: "work_email", fingerprint: "4"),
        Shape.Field(local: nil, inputs: ["first_name", "last_name"], remote: "full_name", fingerprint: "5"),
    ]

    init(store: Store? = nil, trace: (@Sendable (String) -> Void)? = nil) throws {
        let store = try store ?? Store(inMemory: Self.options(trace: trace))
        self.store = store
        (self.contact, self.contacts, self.connection, self.shape, self.cause) = try store.write { tx in
            (
                try tx.object("contact"),
                try tx.object("contacts"),
                try tx.registerConnection("hubspot-eu", connector: "hubspot"),
                try tx.number(of: Shape(mapping: "hubspot/contact", fields: Self.fields)),
                Cause(actor: try tx.actor("sync:hubspot-eu"), at: Instant(milliseconds: 1_000))
            )
        }
    }

    func key(_ remote: Text) -> LinkKey { LinkKey(self.connection, self.contacts, remote) }

    func at(_ milliseconds: Int64) -> Cause {
        Cause(actor: self.cause.actor, run: self.cause.run, at: Instant(milliseconds: milliseconds))
    }

    static func id(_ number: UInt64) -> RecordID {
        RecordID(at: Instant(milliseconds: 1_760_000_000_000), random: (number >> 32, number << 16))
    }
}
