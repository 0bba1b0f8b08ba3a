import ArgumentParser
import Foundation
import Mapping
import Records

/// Records mapped a second, on one core.
struct MappingBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mapping",
        abstract: "Maps contacts of 20 fields both ways.",
        discussion: """
            New: the local values of a remote record that nobody has seen, and the remote values of a local one. Known: the \
            same with what the other side holds, as when changes are written.
            """
    )

    @Option(help: "How many contacts there are.") var contacts = 20_000
    @Option(help: "What the contacts are derived from.") var seed: UInt64 = 1
    @Option(help: "How often all contacts are mapped; the best counts.") var rounds = 5
    @Flag(help: "Print each field's share of the time.") var fields = false

    func run() async throws {
        let mapping = try MappingScene.mapping()
        let scene = MappingScene(mapping, count: self.contacts, seed: self.seed)
        print("\(self.contacts) contacts of \(mapping.fields.count) fields")
        let new = self.best { scene.mapNew() }
        Self.tell("new, both ways", new, self.contacts)
        let known = self.best { scene.mapKnown() }
        Self.tell("known, both ways", known, self.contacts)
        guard self.fields else { return }
        for field in mapping.fields.indices {
            let seconds = self.best { scene.mapKnown(field..<(field + 1)) }
            let nanoseconds = Int(1e9 * seconds / Double(self.contacts))
            print("  \(mapping.fields[field].name): \(nanoseconds) ns")
        }
    }

    /// The least CPU seconds of a few rounds.
    private func best(_ work: () -> Int) -> Double {
        var best = Double.infinity
        for _ in 0..<max(1, self.rounds) {
            let start = Meter.cpuSeconds
            // The count is used, so that the work cannot be left out.
            guard work() > 0 else { return .nan }
            best = min(best, Meter.cpuSeconds - start)
        }
        return best
    }

    private static func tell(_ name: String, _ seconds: Double, _ count: Int) {
        let micros = String(format: "%.2f", 1e6 * seconds / Double(count))
        print("\(name): \(Int(Double(count) / seconds)) records/s, \(micros) µs a record")
    }
}

/// Contacts and a mapping of 20 fields with every common transform.
struct MappingScene {
    private let mapping: CompiledMapping
    private let applier: MappingApplier
    private let remote: [[Value]]
    private let local: [[Value]]
    private let context = EmptyLensContext()

    init(_ mapping: CompiledMapping, count: Int, seed: UInt64) {
        self.mapping = mapping
        self.applier = MappingApplier(mapping)
        self.remote = (0..<count).map { Self.record(UInt64($0) &* 0x9E37_79B9 &+ seed) }
        let (applier, context) = (self.applier, self.context)
        self.local = self.remote.map { record in
            var results: [LensResult] = []
            applier.apply(record, in: context, into: &results)
            return results.map { result in
                guard case .value(let value) = result else { return .null }
                return value
            }
        }
    }

    /// Maps every contact as a new one, and gives how many values came out.
    func mapNew() -> Int {
        let lenses = self.mapping.fields.map(\.lens)
        var results: [LensResult] = []
        var count = 0
        for place in self.remote.indices {
            self.applier.apply(self.remote[place], in: self.context, into: &results)
            count += results.count
            let local = self.local[place]
            for field in lenses.indices {
                let result = lenses[field].toRemote(local[field], previous: .absent, in: self.context)
                if case .value = result { count += 1 }
            }
        }
        return count
    }

    /// Maps every contact with what the other side holds, and gives how many values came out.
    func mapKnown() -> Int { self.mapKnown(self.mapping.fields.indices) }

    /// Maps some fields of every contact with what the other side holds, and gives how many values came out.
    func mapKnown(_ fields: Range<Int>) -> Int {
        let lenses = self.mapping.fields.map(\.lens)
        var count = 0
        let others = self.remote.count / 2
        for place in self.remote.indices {
            // Half of the contacts are as they were, half get another contact's values.
            let other = place < others ? place : place - others
            let (remote, local) = (self.remote[place], self.local[place])
            let (remoteBefore, localBefore) = (self.remote[other], self.local[other])
            for field in fields {
                let lens = lenses[field]
                if case .value = lens.toLocal(remote[field], previous: localBefore[field], in: self.context) {
                    count += 1
                }
                if case .value = lens.toRemote(local[field], previous: remoteBefore[field], in: self.context) {
                    count += 1
                }
            }
        }
        return count
    }

    /// Remote values in the order of the mapping's fields.
    private static func record(_ seed: UInt64) -> [Value] {
        let number = Int64(seed % 1_000_000)
        func pick(_ words: [String]) -> Value { .text(words[Int(seed >> 3) % words.count]) }
        return [
            .text(" User\(number)@Example.COM"), pick(["Ada", "Grace ", "Anaïs", "jean"]),
            pick(["Lovelace", "Hopper"]),
            pick(["06 12 34 56 78", "+33 1 44 55 66 77", "0033698765432", "+4915112345678"]),
            pick(["", "01 02 03 04 05", "+1 (415) 555-0100"]), pick(["Acme  Corp", "Globex", "Initech SA"]),
            pick(["CTO", "Head of Sales"]), .text("HTTPS://www.example\(number % 100).com/"),
            pick(["1 rue de la Paix"]),
            pick(["Paris", "Lyon", "Köln"]), pick(["75002", "69001", "50667"]), pick(["FRANCE", "GERMANY", "USA"]),
            pick(["lead", "marketingqualifiedlead", "customer", "opportunity"]), pick(["NEW", "OPEN", "CONNECTED"]),
            pick(["a;b;c", "news", "", "events;news"]), .text("\(number / 100).\(number % 100)"),
            .text("\(number % 100)"), .text("2026-\(10 + number % 3)-\(10 + number % 18)"),
            pick(["17/05/1990", "01/12/1985", ""]), pick(["true", "false", ""]),
        ]
    }

    static func mapping() throws -> CompiledMapping {
        let schema = try SchemaFile.parse(Array(Self.schemaFile.utf8), file: "schema.yaml")
        let file = MappingFile(path: "contact.yaml", bytes: Array(Self.mappingFile.utf8))
        guard let mapping = try MappingCompiler(schema: schema, variables: [:]).compile([file]).get().first else {
            throw BenchError("no mapping")
        }
        return mapping
    }

    private static let schemaFile = """
        lifecycle:
          stages: [subscriber, lead, mql, sql, opportunity, customer, evangelist]
        objects:
          contact:
            email: { type: text, label: E-mail }
            first_name: { type: text, label: First name }
            last_name: { type: text, label: Last name }
            phone: { type: text, label: Phone }
            mobile_phone: { type: text, label: Mobile phone }
            company_name: { type: text, label: Company }
            job_title: { type: text, label: Job title }
            website: { type: text, label: Website }
            street: { type: text, label: Street }
            city: { type: text, label: City }
            postal_code: { type: text, label: Postal code }
            country: { type: option, options: [fr, de, us], label: Country }
            lifecycle_stage: { type: stage, label: Lifecycle stage }
            lead_status: { type: option, options: [new, open, connected], label: Lead status }
            interests: { type: set, options: [], label: Interests }
            revenue: { type: number, label: Revenue }
            score: { type: number, label: Score }
            renews_on: { type: date, label: Renews on }
            birthday: { type: date, label: Birthday }
            newsletter: { type: flag, label: Newsletter }

        """

    private static let mappingFile = """
        mapping: hubspot/contact
        connection: bench
        object: { local: contact, remote: contacts }
        match: [ [email] ]
        duplicates: review
        initial: prefer_remote
        fields:
          - { local: email, remote: email, via: [trim, lowercase] }
          - { local: first_name, remote: firstname, via: [trim] }
          - { local: last_name, remote: lastname, via: [trim] }
          - { local: phone, remote: phone, via: [ { e164: FR } ] }
          - { local: mobile_phone, remote: mobilephone, via: [ { e164: FR } ] }
          - { local: company_name, remote: company, via: [trim] }
          - { local: job_title, remote: jobtitle, via: [trim] }
          - { local: website, remote: website, via: [trim, lowercase] }
          - { local: street, remote: address, via: [trim] }
          - { local: city, remote: city, via: [trim] }
          - { local: postal_code, remote: zip, via: [trim] }
          - { local: country, remote: country, via: [ { enum: { fr: FRANCE, de: GERMANY, us: USA } } ] }
          - local: lifecycle_stage
            remote: lifecyclestage
            via: [ { enum: { lead: lead, mql: marketingqualifiedlead, opportunity: opportunity, customer: customer } } ]
          - { local: lead_status, remote: hs_lead_status, via: [ { enum: { new: NEW, open: OPEN, connected: CONNECTED } } ] }
          - { local: interests, remote: interests, via: [ { set: ";" } ] }
          - { local: revenue, remote: annualrevenue, via: [ { scale: 2 } ] }
          - { local: score, remote: relais_score }
          - { local: renews_on, remote: renewal_date }
          - { local: birthday, remote: date_of_birth, via: [ { date: DD/MM/YYYY } ] }
          - { local: newsletter, remote: newsletter }

        """
}
