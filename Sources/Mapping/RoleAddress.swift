package import Records

/// E-mail addresses that belong to a role, not to a person: they are no identity (R7).
package enum RoleAddress {
    /// Local parts of addresses that belong to a role, not to a person.
    package static let roles: Set<Text> = [
        "abuse", "accounting", "accounts", "admin", "administration", "all", "billing", "booking", "bookings",
        "bonjour",
        "bureau", "careers", "compta", "comptabilite", "contact", "contacts", "contato", "direction", "einkauf",
        "enquiries",
        "facturation", "feedback", "finance", "hallo", "hello", "help", "helpdesk", "hi", "hola", "hostmaster", "hr",
        "info",
        "infos", "inquiries", "invoice", "invoices", "it", "jobs", "kontakt", "mail", "marketing", "news", "newsletter",
        "no-reply", "noreply", "office", "orders", "postmaster", "presse", "press", "privacy", "purchasing", "rechnung",
        "reception", "recrutement", "rh", "root", "sales", "secretariat", "security", "service", "spam", "support",
        "team",
        "vente", "ventes", "verkauf", "webmaster", "welcome",
    ]

    /// Whether a value is the address of a role, such as `info@acme.example`; `info+x@` is `info@`.
    ///
    /// `allowing` lists roles (`info`) and whole addresses (`info@acme.example`) that identify somebody all the same.
    package static func isRole(_ value: Value, allowing: [Text]) -> Bool {
        guard case .text(let text) = value, text.string.utf8.contains(0x40) else { return false }
        return Self.isRole(TextBytes.lowercased(TextBytes.trimmed(text)), allowing)
    }

    private static func isRole(_ address: Text, _ allowing: [Text]) -> Bool {
        let bytes = address.string.utf8
        guard let at = bytes.firstIndex(of: 0x40), bytes[bytes.index(after: at)...].contains(0x2E) else { return false }
        // `info+x@` is `info@`.
        let local = Text(String(address.string[..<at].prefix { $0 != "+" }))
        guard Self.roles.contains(local) else { return false }
        return !allowing.contains { allowed in
            let canonical = TextBytes.lowercased(allowed)
            return canonical == local || canonical == address
        }
    }
}
