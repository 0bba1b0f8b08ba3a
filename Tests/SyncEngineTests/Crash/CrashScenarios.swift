import Mapping
import Planning
import Records
import RelaisTesting
import Store
import SyncEngine
import Testing

extension CrashScenario {
    /// A name, its e-mail address and city for each of some people.
    private static func people(_ bench: SyncBench, _ count: Int, spread: Bool = true) -> [Text] {
        (0..<count).map { number in
            if spread { bench.clock.advance(by: .seconds(600)) }
            return bench.account.edit(
                "contacts",
                nil,
                ["email": .text("p\(number)@x.org"), "first_name": .text("P\(number)"), "city": "Paris"]
            )
        }
    }

    /// The records of ours behind remote ids.
    private static func ours(_ bench: SyncBench, _ remotes: [Text]) throws -> [RecordID] {
        let all = try bench.contacts()
        return try remotes.map { id in try #require(try all.first { try bench.remoteID(of: $0.id) == id }?.id) }
    }

    /// A bench in which some people are linked; `change` then happens on both sides.
    private static func linked(
        _ field: MappingField...,
        delete: DeleteSwitches = DeleteSwitches(pull: .archive, push: .archive),
        lines: [String] = [],
        count: Int = 3,
        _ change: @escaping @Sendable (SyncBench, [RecordID], [Text]) throws -> Void
    ) -> @Sendable () async throws -> SyncBench {
        {
            let plain = field.first.map { SyncBench.contacts($0, delete: delete) } ?? SyncBench.contacts(delete: delete)
            let mappings = [lines.isEmpty ? plain : try SyncBench.mapping(fields: lines)]
            let bench = try SyncBench(mappings: mappings)
            bench.account.with { $0.habits.lag = .seconds(10) }
            let remotes = Self.people(bench, count)
            try await bench.sync()
            let locals = try Self.ours(bench, remotes)
            try change(bench, locals, remotes)
            bench.clock.advance(by: .seconds(60))
            return bench
        }
    }

    private static func city(_ policy: ConflictPolicy) -> MappingField {
        MappingField(local: "city", remote: "city", onConflict: policy, fingerprint: "city")
    }

    /// The scenarios that are swept.
    static let all: [CrashScenario] = Self.firstContact + Self.edits + Self.refusals + Self.lives + Self.others

    private static let firstContact: [CrashScenario] = [nil, "relais_id"].map { key in
        CrashScenario(name: "first sync, create key \(key ?? "none")") {
            let bench = try SyncBench(createKey: key, approved: false)
            bench.account.with { $0.habits.lag = .seconds(10) }
            _ = Self.people(bench, 3)
            try bench.edit(nil, ["email": "p0@x.org", "street": "1 rue A"])
            for name in ["Ada", "Eve"] {
                try bench.edit(nil, ["phone": .text("+33 1 \(name)"), "first_name": .text(name)])
            }
            bench.clock.advance(by: .seconds(60))
            return bench
        }
    }

    private static let edits: [CrashScenario] = [
        CrashScenario(
            name: "other fields of one record on either side",
            begin: linked { bench, locals, remotes in
                try bench.edit(locals[0], ["street": "1 rue A"])
                bench.account.edit("contacts", remotes[0], ["city": "Nice"])
                bench.account.edit("contacts", remotes[1], ["city": "Nice"])
                try bench.edit(locals[2], ["phone": "+33 2"])
            }
        ),
        CrashScenario(
            name: "one field on both sides, the CRM wins",
            begin: linked(city(.preferRemote)) { bench, locals, remotes in
                try bench.edit(locals[0], ["city": "Lyon", "street": "1 rue A"])
                bench.account.edit("contacts", remotes[0], ["city": "Nice"])
            }
        ),
        CrashScenario(
            name: "one field on both sides, ours wins",
            begin: linked(city(.preferLocal)) { bench, locals, remotes in
                try bench.edit(locals[0], ["city": "Lyon"])
                bench.account.edit("contacts", remotes[0], ["city": "Nice", "street": "2 rue B"])
            }
        ),
        CrashScenario(
            name: "one field on both sides, a person decides",
            begin: linked(city(.manual)) { bench, locals, remotes in
                try bench.edit(locals[0], ["city": "Lyon", "phone": "+33 3"])
                bench.account.edit("contacts", remotes[0], ["city": "Nice"])
            }
        ),
        CrashScenario(
            name: "parts of one text on either side",
            begin: linked(lines: [
                "{ local: street, remote: place, via: [ { split: { by: ', ', part: 1, alone: 2 } } ] }",
                "{ local: city, remote: place, via: [ { split: { by: ', ', part: 2, alone: 2 } } ] }",
            ]) { bench, locals, remotes in
                try bench.edit(locals[0], ["city": "Lyon"])
                bench.account.edit("contacts", remotes[0], ["place": "1 rue A, Paris"])
                try bench.edit(locals[1], ["street": "2 rue B", "city": "Nice"])
                bench.account.edit("contacts", remotes[2], ["place": "Metz"])
            }
        ),
        CrashScenario(
            name: "clears on either side",
            begin: linked { bench, locals, remotes in
                try bench.edit(locals[0], ["city": .null])
                bench.account.edit("contacts", remotes[1], ["city": .null])
                try bench.edit(locals[2], ["city": .null])
                bench.account.edit("contacts", remotes[2], ["first_name": .null])
            }
        ),
        CrashScenario(
            name: "a stage that a person set back",
            begin: linked(lines: ["{ local: stage, remote: stage, on_conflict: furthest }"]) { bench, locals, remotes in
                bench.account.with { $0.habits.climbing = ["stage": ["subscriber", "lead", "mql", "sql", "customer"]] }
                try bench.edit(locals[0], ["stage": "mql"])
                bench.account.edit("contacts", remotes[1], ["stage": "sql"])
                try bench.edit(locals[1], ["stage": "lead"])
            }
        ),
        CrashScenario(
            name: "somebody types here while the process is down",
            begin: linked { bench, locals, remotes in
                try bench.edit(locals[0], ["city": "Lyon"])
                bench.account.edit("contacts", remotes[1], ["city": "Nice"])
            },
            meanwhile: { bench in
                let record = try #require(try bench.contacts().first { $0["email"] == "p2@x.org" })
                try bench.edit(record.id, ["city": "Brest"])
            }
        ),
    ]

    private static let refusals: [CrashScenario] = [
        CrashScenario(
            name: "a field that the CRM refuses",
            begin: linked { bench, locals, _ in
                bench.account.with { $0.habits.refuses = ["phone": { $0.isBlank ? nil : "no phone" }] }
                try bench.edit(locals[0], ["phone": "+33 2", "city": "Lyon"])
                try bench.edit(locals[1], ["city": "Lyon"])
            }
        ),
        CrashScenario(
            name: "a record that the CRM refuses",
            begin: linked { bench, locals, _ in
                bench.account.with { $0.habits.refusesRecord = { $0["city"] == "Lyon" ? "no Lyon" : nil } }
                try bench.edit(locals[0], ["city": "Lyon"])
                try bench.edit(locals[1], ["city": "Nice"])
                try bench.edit(nil, ["email": "new@x.org", "city": "Lyon"])
            }
        ),
        CrashScenario(
            name: "a CRM that makes something else of values, and ignores some",
            begin: linked { bench, locals, _ in
                bench.account.with { state in
                    state.habits.answersWithoutValues = true
                    state.habits.ignores = ["street"]
                    state.habits.normalise = { name, value in
                        guard name == "city", case .text(let text) = value else { return value }
                        return .text(Text(text.string.uppercased()))
                    }
                }
                try bench.edit(locals[0], ["city": "Lyon", "street": "1 rue A"])
                try bench.edit(nil, ["email": "new@x.org", "city": "Brest"])
            }
        ),
        CrashScenario(
            name: "two addresses that are swapped",
            begin: linked { bench, locals, _ in
                bench.account.with { $0.habits.keepsUnique = ["email"] }
                try bench.edit(locals[0], ["email": "p1@x.org", "city": "Lyon"])
                try bench.edit(locals[1], ["email": "p0@x.org"])
            }
        ),
        CrashScenario(
            name: "a record that nobody can read",
            begin: linked { bench, _, remotes in
                bench.account.edit("contacts", remotes[0], ["city": .number(7)])
                bench.account.edit("contacts", remotes[1], ["city": "Nice"])
            }
        ),
        CrashScenario(
            name: "two new records with one address",
            begin: linked { bench, _, _ in
                try bench.edit(nil, ["email": "twin@x.org", "first_name": "Ada"])
                try bench.edit(nil, ["email": "twin@x.org", "first_name": "Eve"])
            }
        ),
    ]

    private static let lives: [CrashScenario] = [
        CrashScenario(
            name: "deleted on either side",
            begin: linked { bench, locals, remotes in
                try bench.delete(locals[0])
                bench.account.setArchived("contacts", remotes[1], true)
            }
        ),
        CrashScenario(
            name: "deleted there and edited here",
            begin: linked { bench, locals, remotes in
                bench.account.setArchived("contacts", remotes[0], true)
                try bench.edit(locals[0], ["city": "Lyon"])
            }
        ),
        CrashScenario(
            name: "two linked records merged in the CRM",
            begin: linked { bench, locals, remotes in
                try bench.edit(locals[1], ["street": "2 rue B"])
                _ = bench.account.merge("contacts", remotes[1], into: remotes[0], makesNew: true)
            }
        ),
        CrashScenario(
            name: "erased here",
            begin: linked { bench, locals, _ in
                try bench.store.write { transaction in
                    let cause = Cause(actor: try transaction.actor("person:ada"), at: bench.clock.now)
                    try transaction.prepareErasure(randomness: SeededRandomness(seed: 3).randomness, matching: [:])
                    try transaction.erase(locals[0], reason: "asked by letter", cause: cause)
                }
                bench.account.edit("contacts", nil, ["email": "p0@x.org", "first_name": "P0"])
            }
        ),
    ]

    private static let others: [CrashScenario] = [
        CrashScenario(
            name: "a sweep over changes that nothing told of",
            begin: linked { bench, _, remotes in
                bench.clock.advance(by: .seconds(3600))
                bench.account.edit("contacts", nil, ["email": "last@x.org"])
                bench.account.with { state in
                    state.objects["contacts"]?[remotes[0]]?.values["city"] = "Nice"
                    state.objects["contacts"]?[remotes[0]]?.version += 1
                    state.objects["contacts"]?[remotes[1]] = nil
                }
                bench.clock.advance(by: .seconds(3600))
            },
            command: { _ = try await $0.syncer.sync(reconciling: true) }
        ),
        CrashScenario(
            name: "the undoing of a run",
            begin: {
                let bench = try await Self.linked { bench, locals, remotes in
                    try bench.edit(locals[0], ["city": "Lyon"])
                    bench.account.edit("contacts", remotes[1], ["city": "Nice"])
                }()
                try await bench.sync()
                return bench
            },
            command: { bench in
                let run = try #require(
                    try bench.store.read { try $0.runs(limit: 20) }.first { $0.counts["updated_remotely"] == 1 }
                )
                _ = try await bench.syncer.undo(run.number, side: .both, carryOut: true)
            }
        ),
        CrashScenario(name: "associations of one record on either side") {
            let bench = try SyncBench(mappings: [Self.companies(), SyncBench.contacts(Self.members)])
            let companies = (0..<3).map { bench.account.edit("companies", nil, ["domain": .text("c\($0).com")]) }
            let remotes = Self.people(bench, 2)
            bench.account.setAssociations("contacts", remotes[0], "companies", [companies[0], companies[1]])
            try await bench.sync()
            try await bench.sync()
            let locals = try Self.ours(bench, remotes)
            let here = try bench.store.read { transaction in
                try companies.map { id in
                    let connection = try #require(try transaction.connection("crm")?.number)
                    let key = LinkKey(connection, try transaction.object("companies"), id)
                    return Text(try #require(try transaction.link(key)?.record).description)
                }
            }
            // Here the first goes and the third comes; there the second goes. A new person begins in two of them.
            try bench.edit(locals[0], ["companies": .set(of: [here[1], here[2]])])
            bench.account.setAssociations("contacts", remotes[0], "companies", [companies[0]])
            bench.account.edit("contacts", remotes[0], ["city": "Nice"])
            try bench.edit(nil, ["email": "new@x.org", "companies": .set(of: [here[0], here[2]])])
            bench.clock.advance(by: .seconds(60))
            return bench
        },
        CrashScenario(name: "two leads that are converted, one into a known contact") {
            let (contacts, leads) = (SyncBench.contacts(), SyncBench.leads())
            let bench = try SyncBench(mappings: [leads, contacts])
            let remotes = (0..<2).map { number in
                bench.account.edit("leads", nil, ["email": .text("l\(number)@x.org"), "city": "Paris"])
            }
            let known = bench.account.edit("contacts", nil, ["email": "known@x.org"])
            try await bench.sync()
            for record in try bench.contacts() where record["city"] == "Paris" {
                try bench.edit(record.id, ["city": "Lyon"])
            }
            bench.account.convert("leads", remotes[0], to: "contacts", ["phone": "+33 1"])
            bench.account.convert("leads", remotes[1], to: "contacts", into: known)
            bench.clock.advance(by: .seconds(60))
            return bench
        },
    ]

    private static func companies() -> CompiledMapping {
        CompiledMapping(
            name: "memory/company",
            connection: "crm",
            localObject: "company",
            remoteObject: "companies",
            fields: ["name", "domain"].map {
                MappingField(local: $0, remote: $0, initial: .preferRemote, fingerprint: $0)
            },
            match: [[1]]
        )
    }

    private static let members = MappingField(
        local: "companies",
        remote: "companies",
        kind: .association(remoteObject: "companies", label: nil),
        onConflict: .merge,
        initial: .preferRemote,
        lens: LensChain([AssociationLens(remoteObject: "companies", isSingle: false)]),
        type: .set([]),
        fingerprint: "companies"
    )
}
