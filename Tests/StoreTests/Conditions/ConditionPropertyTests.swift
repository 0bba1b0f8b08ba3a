import CEL
import Foundation
import Mapping
import Records
import Testing

@testable import Store

/// The database and the evaluator select the same records.
@Suite struct ConditionPropertyTests {
    private static let seed = ProcessInfo.processInfo.environment["RELAIS_CONDITION_SEED"].flatMap { UInt64($0) } ?? 1
    private static let rounds = ProcessInfo.processInfo.environment["RELAIS_CONDITION_ROUNDS"].flatMap { Int($0) } ?? 4
    private static let conditionsInRound = 150
    private static let writersInRound = 6
    private static let recordsOfWriter = 20

    @Test func selectsWhatTheEvaluatorSelects() throws {
        var pairs = 0
        var selected = 0
        var formless = 0
        for round in 0..<Self.rounds {
            let seed = Self.seed &+ UInt64(round)
            let scene = try ConditionScene(
                seed: seed,
                writers: Self.writersInRound,
                recordsOfWriter: Self.recordsOfWriter
            )
            var random = RandomConditions(seed: seed)
            for _ in 0..<Self.conditionsInRound {
                let source = random.next()
                guard let program = try? scene.environment.compile(source) else { continue }
                guard let condition = try? scene.condition(of: program) else {
                    formless += 1
                    continue
                }
                let expected = try scene.evaluated(program)
                let found = try scene.selected(condition)
                #expect(found == expected, "seed \(seed): \(source): \(scene.difference(found, expected))")
                pairs += scene.records.count
                selected += expected.count
            }
        }
        print(
            "conditions: \(pairs) pairs from seed \(Self.seed), \(selected) of them selected; \(formless) conditions had no form"
        )
        #expect(pairs >= 20_000)
        // All or nothing would prove little.
        #expect(selected * 10 > pairs && selected * 10 < pairs * 9)
        #expect(formless * 10 < Self.rounds * Self.conditionsInRound)
    }
}

/// A store with random records, read through the schema that conditions know.
struct ConditionScene {
    let store: Store
    let contact: ObjectNumber
    let environment: CELEnvironment
    let records: [StoredRecord]
    private let object: ObjectSchema
    private let types: PropertyTypes
    private let file = TemporaryFile()

    init(seed: UInt64, writers: Int, recordsOfWriter: Int) throws {
        var dice = Dice(seed: seed)
        for writer in 0..<writers {
            // The first writer's schema is the reader's; the others' properties have other types.
            let types = writer == 0 ? RandomRecords.types.map(\.type) : RandomRecords.someTypes(&dice)
            let store = try Store(path: self.file.path, options: StoreOptions(schema: RandomRecords.schema(types)))
            try store.write { transaction in
                let contact = try transaction.object("contact")
                let cause = Cause(actor: try transaction.actor("test"), at: Instant(milliseconds: 0))
                for settings in RandomRecords.make(recordsOfWriter, types, &dice) {
                    let id = RecordID(at: Instant(milliseconds: 1), random: (dice.next(), dice.next()))
                    try transaction.create(id, object: contact, properties: settings, cause: cause)
                }
            }
            try store.close()
        }
        let schema = RandomRecords.schema
        self.store = try Store(path: self.file.path, options: StoreOptions(schema: schema))
        (self.contact, self.records) = try self.store.write { transaction in
            let contact = try transaction.object("contact")
            return (contact, try transaction.liveRecords(contact, limit: writers * recordsOfWriter))
        }
        self.object = schema.objects[0]
        self.types = PropertyTypes(of: self.object, lifecycle: schema.lifecycle)
        self.environment =
            ExpressionScope(object: self.object, remoteProperties: [], lifecycle: schema.lifecycle).push
    }

    func condition(of program: CELProgram) throws(NoRecordCondition) -> RecordCondition {
        try ConditionCompiler.condition(of: program, over: self.object, lifecycle: self.types.lifecycle)
    }

    /// The records for which the evaluator answers true.
    func evaluated(_ program: CELProgram) throws -> [RecordID] {
        try self.records.filter { record in
            try program.matches(LocalActivation(record.values, types: self.types)) == true
        }.map(\.id)
    }

    /// The records that the database selects, in pages.
    func selected(_ condition: RecordCondition) throws -> [RecordID] {
        try self.store.read { transaction in
            var found: [RecordID] = []
            while true {
                let page = try transaction.recordIDs(self.contact, where: condition, after: found.last, limit: 50)
                found += page
                if page.count < 50 { return found }
            }
        }
    }

    /// The properties of a record as they are stored.
    func stored(_ id: RecordID) throws -> String {
        try self.store.read { transaction in
            String(decoding: try transaction.row(of: id)?.properties ?? [], as: UTF8.self)
        }
    }

    /// What one selects and the other does not.
    func difference(_ found: [RecordID], _ expected: [RecordID]) -> String {
        let wrong = Set(found).symmetricDifference(expected)
        return self.records.filter { wrong.contains($0.id) }.prefix(2).map { record in
            let values = zip(self.object.properties, record.values).map { "\($0.name): \($1)" }
            return (found.contains(record.id) ? "selects " : "misses ") + values.joined(separator: ", ")
        }.joined(separator: "; ")
    }
}
