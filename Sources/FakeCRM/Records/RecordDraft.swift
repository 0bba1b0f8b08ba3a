/// The values that a write is about to leave in a record, by property name.
struct RecordDraft {
    private let properties: PropertyTable
    private let before: Record?
    /// What is to be written.
    private(set) var values: [(property: Int, text: [UInt8])]

    /// Starts from the values of a write; `before` is nil for a new record.
    init(properties: PropertyTable, values: [(property: Int, text: [UInt8])], before: Record?) {
        self.properties = properties
        self.values = values
        self.before = before
    }

    /// What the write itself says of a property; nil when it does not name it.
    func written(_ name: String) -> [UInt8]? {
        guard let number = self.properties.number(of: name) else { return nil }
        return self.values.last { $0.property == number }?.text
    }

    /// What the property will hold; empty for none.
    func value(_ name: String) -> [UInt8] {
        self.written(name) ?? self.properties.number(of: name).flatMap { self.before?.values[$0] } ?? []
    }

    mutating func set(_ name: String, _ text: [UInt8]) {
        guard let number = self.properties.number(of: name) else { return }
        self.values.removeAll { $0.property == number }
        self.values.append((number, text))
    }

    /// Sets the values that a contact's name and address decide.
    mutating func deriveContact() {
        let parts = ["email", "firstname", "lastname"]
        guard parts.contains(where: { self.written($0) != nil }) else { return }
        let email = self.value("email")
        let name = trimmed(self.value("firstname") + [UInt8(ascii: " ")] + self.value("lastname"))
        let domain = email.firstIndex(of: UInt8(ascii: "@")).map { Array(email[($0 + 1)...]) } ?? []
        self.set("hs_email_domain", domain)
        self.set("hs_full_name_or_email", name.isEmpty ? email : Array(name))
    }
}
