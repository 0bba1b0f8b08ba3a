import Mapping
import Records
import Store

/// What people who asked to be forgotten were known by under the mappings' match keys, and since when it is to be forgotten.
struct ForgottenKeys {
    private var since: [String: Instant] = [:]

    /// A person's values that match keys are made of, as anybody may have written them.
    struct Person {
        var email = ""
        var phone = ""
        var firstName = ""
        var lastName = ""

        init(_ value: (String) -> String) {
            self.email = value("email")
            self.phone = value("phone")
            self.firstName = value("first_name")
            self.lastName = value("last_name")
        }

        fileprivate var keys: [String] {
            let email = Canon.canon(self.email, .email)
            let parts = [
                Canon.canon(self.phone, .phone), Canon.canon(self.firstName, .text), Canon.canon(self.lastName, .text),
            ]
            // The address of a role is nobody's own (R7).
            let isOwn = !email.isEmpty && !RoleAddress.isRole(.text(email), allowing: [])
            return (isOwn ? [email] : [])
                + (parts.contains("") ? [] : [parts.joined(separator: "\u{0}").lowercased()])
        }
    }

    /// Takes in all that a record was ever known by, from what it holds now back through its journal.
    mutating func insert(_ id: RecordID, at instant: Instant, in transaction: Transaction) throws {
        guard let record = try transaction.record(id) else { return }
        var values: [String: Value] = [:]
        for property in record.schema.properties { values[property.name] = record[property.name] }
        self.insert(Person { Canon.text(values[$0] ?? .absent) }, at: instant)
        for entry in try transaction.timeline(of: id, limit: .max) where entry.kind.changesRecord {
            for change in entry.changes { values[change.property] = change.old }
            self.insert(Person { Canon.text(values[$0] ?? .absent) }, at: instant)
        }
    }

    private mutating func insert(_ person: Person, at instant: Instant) {
        for key in person.keys { self.since[key] = min(self.since[key] ?? instant, instant) }
    }

    /// Since when nobody may know somebody with these values again; nil if they are nobody's who asked for it.
    func since(_ person: Person) -> Instant? { person.keys.compactMap { self.since[$0] }.min() }
}
