import FakeCRM
import Records
import Store

/// Where each subject was found last.
struct FoundSubjects: Sendable {
    var local: [Int: RecordID] = [:]
    var remote: [Home: [Int: Int64]] = [:]
}

extension World {
    /// The live record of a subject in our store.
    func record(of subject: Int, _ thing: Thing) throws -> RecordID? {
        let mark = Scenario.mark(subject)
        func isIt(_ text: Text?) -> Bool { text.map { Scenario.subject($0.string) == subject } ?? false }
        if let known = self.found.local[subject],
            let record = try self.store.read({ try $0.record(known) }), record.isLive,
            isIt(record[WorldField.mark].text)
        {
            return known
        }
        let found = try self.store.read { transaction in
            try transaction.liveRecords(transaction.object(thing.rawValue), limit: 10_000)
                .first { isIt($0[WorldField.mark].text) }?.id
        }
        self.found.local[subject] = found
        _ = mark
        return found
    }

    /// The live record of a subject in a CRM.
    func remoteID(of subject: Int, _ thing: Thing, in home: Home) -> Int64? {
        guard let crm = self.crms[home], let property = WorldField.all(thing)[0].remote[home] else { return nil }
        func isIt(_ id: Int64) -> Bool {
            crm.value(thing.type, id, property).map { Scenario.subject($0) == subject } ?? false
        }
        if let known = self.found.remote[home]?[subject], isIt(known) { return known }
        let found = crm.ids(thing.type).first(where: isIt)
        self.found.remote[home, default: [:]][subject] = found
        return found
    }
}
