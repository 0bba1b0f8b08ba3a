package import Records

/// The canonical bytes by which records are found to be the same (R7).
package enum IdentityKey {
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

    /// The key of a record's values for one match key; nil if any of them is blank, or a role address.
    ///
    /// Texts are in normal form C, in lower case and without white space at both ends, because the same person is typed
    /// in many ways; e-mail addresses and phone numbers come canonical from their transforms. The byte FF stands between
    /// values: no UTF-8 contains it. A first byte tells kinds of values apart.
    ///
    /// `allowing` lists roles (`info`) and whole addresses (`info@acme.example`) that identify somebody all the same.
    package static func canonical(values: [Value], allowing: [Text] = []) -> [UInt8]? {
        guard !values.isEmpty else { return nil }
        var key: [UInt8] = []
        for value in values {
            if !key.isEmpty { key.append(0xFF) }
            guard Self.append(value, to: &key, allowing) else { return nil }
        }
        return key
    }

    /// Adds one value; false if it is blank or a role address.
    private static func append(_ value: Value, to key: inout [UInt8], _ allowing: [Text]) -> Bool {
        guard !value.isBlank else { return false }
        guard case .text(let text) = value else {
            key.append(UInt8(ascii: "="))
            key.append(contentsOf: value.description.utf8)
            return true
        }
        // Lower case may take a text out of normal form C, so it comes first.
        let canonical = TextBytes.composed(TextBytes.lowercased(TextBytes.trimmed(text)))
        guard !canonical.isEmpty, !Self.isRole(canonical, allowing) else { return false }
        key.append(UInt8(ascii: "t"))
        key.append(contentsOf: canonical.string.utf8)
        return true
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
