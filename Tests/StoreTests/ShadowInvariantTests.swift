import Records
import Store
import Testing

/// What a link's fields were at the last agreement, kept in plain Swift beside the store.
private struct Model {
    var record: [String: Value] = [:]
    /// By remote id: (local, remote) by field, nil without a shadow.
    var links: [Text: [(local: Value, remote: Value)?]] = [:]
    /// Fields with a computed local side whose inputs changed since the agreement, by remote id.
    var maybeMoved: [Text: Set<Int>] = [:]
}

@Suite struct ShadowInvariantTests {
    private static let values: [Value] = [
        .absent, .null, .text(""), .text("a"), .text("b"), .text("\u{E9}"), .text("e\u{301}"),
    ]

    @Test(arguments: 0..<40 as Range<UInt64>)
    func everyShadowIsTheValueAtTheLastAgreement(seed: UInt64) throws {
        var dice = Dice(seed: seed)
        let fixture = try Fixture()
        let id = Fixture.id(seed + 1)
        var model = Model()
        try fixture.store.write { try $0.create(id, object: fixture.contact, properties: [], cause: fixture.cause) }
        // Two connections, so that a change from one must show in the other.
        let other = try fixture.store.write { try $0.registerConnection("tryton", connector: "tryton") }
        let keys = [fixture.key("1"), LinkKey(other, fixture.contacts, "2")]
        for key in keys {
            try fixture.store.write { tx throws in
                try tx.insertLink(
                    key,
                    record: id,
                    version: 1,
                    shape: fixture.shape,
                    agreed: [],
                    cause: fixture.cause
                )
            }
            model.links[key.remote] = Array(repeating: nil, count: Fixture.fields.count)
            model.maybeMoved[key.remote] = []
        }
        for _ in 0..<120 {
            try Self.step(&model, fixture: fixture, id: id, keys: keys, dice: &dice)
            try Self.check(model, fixture: fixture, id: id, keys: keys, seed: seed)
        }
    }

    private static func step(
        _ model: inout Model,
        fixture: Fixture,
        id: RecordID,
        keys: [LinkKey],
        dice: inout Dice
    ) throws {
        let key = keys.randomElement(using: &dice) ?? keys[0]
        let value = Self.values.randomElement(using: &dice) ?? .null
        switch Int.random(in: 0..<10, using: &dice) {
        case 0...3:
            let property = ["email", "first_name", "last_name"].randomElement(using: &dice) ?? "email"
            try Self.change(&model, fixture: fixture, id: id, property: property, value: value, keys: keys)
        case 4...5:
            // A pull: the record changes and the field settles, in one transaction.
            let field = [0, 1, 3].randomElement(using: &dice) ?? 0
            guard let property = Fixture.fields[field].local else { return }
            try fixture.store.write { tx throws in
                try tx.change(
                    id,
                    set: [PropertySetting(property, value)],
                    cause: fixture.cause,
                    keeping: KeptFields(key, fields: [field])
                )
                try tx.settle(key, agreed: [AgreedField(field, local: value, remote: .text("R"))])
            }
            Self.note(&model, property: property, value: value, keys: keys)
            model.links[key.remote]?[field] = (value, .text("R"))
        case 6:
            // A push settles late: agreed is what was sent, not what the record holds now.
            let field = [0, 1, 3].randomElement(using: &dice) ?? 0
            try fixture.store.write { try $0.settle(key, agreed: [AgreedField(field, local: value, remote: .null)]) }
            model.links[key.remote]?[field] = (value, .null)
        case 7:
            try fixture.store.write { try $0.settle(key, agreed: [AgreedField(4, local: .absent, remote: value)]) }
            model.links[key.remote]?[4] = (.absent, value)
            model.maybeMoved[key.remote]?.remove(4)
        case 8:
            let both: [PropertySetting] = [PropertySetting("email", value), PropertySetting("first_name", .text("z"))]
            try fixture.store.write { _ = try $0.change(id, set: both, cause: fixture.cause) }
            Self.note(&model, property: "email", value: value, keys: keys)
            Self.note(&model, property: "first_name", value: .text("z"), keys: keys)
        default:
            // Rolled back: nothing of it may stay.
            struct Stop: Error {}
            _ = try? fixture.store.write { tx throws in
                try tx.change(id, set: [PropertySetting("email", .text("never"))], cause: fixture.cause)
                throw Stop()
            }
        }
    }

    private static func change(
        _ model: inout Model,
        fixture: Fixture,
        id: RecordID,
        property: String,
        value: Value,
        keys: [LinkKey]
    ) throws {
        try fixture.store.write { _ = try $0.change(id, set: [PropertySetting(property, value)], cause: fixture.cause) }
        Self.note(&model, property: property, value: value, keys: keys)
    }

    private static func note(_ model: inout Model, property: String, value: Value, keys: [LinkKey]) {
        let isChange = (model.record[property] ?? .absent) != value
        model.record[property] = value
        guard isChange, property != "email" else { return }
        for key in keys { model.maybeMoved[key.remote]?.insert(4) }
    }

    private static func check(
        _ model: Model,
        fixture: Fixture,
        id: RecordID,
        keys: [LinkKey],
        seed: UInt64
    ) throws {
        try fixture.store.read { tx throws in
            for key in keys {
                let link = try #require(try tx.link(key))
                let values = try tx.values(of: link)
                let expected = try #require(model.links[key.remote])
                for (field, agreed) in expected.enumerated() {
                    #expect(values.remoteShadow[field] == agreed?.remote, "seed \(seed)")
                    guard let property = Fixture.fields[field].local else {
                        #expect(link.localShadow.hasMoved(field) == model.maybeMoved[key.remote]?.contains(field))
                        continue
                    }
                    #expect(values.local[field] == model.record[property] ?? .absent, "seed \(seed)")
                    #expect(values.localShadow[field] == agreed?.local, "seed \(seed)")
                    // A settled field whose record is where it was agreed leaves nothing behind.
                    guard let agreed else { continue }
                    #expect(link.localShadow.hasMoved(field) == (agreed.local != values.local[field]))
                }
                let dirty = try tx.dirtyLinks(key.connection, key.object, limit: 10)
                #expect(dirty.isEmpty == link.localShadow.isEmpty)
            }
        }
    }
}
