/// The functions for contact data that Relais adds to the language.
///
/// | call | gives |
/// |---|---|
/// | `email.domain()` | what follows the last `@`, in lower case; empty when there is none |
/// | `text.titleCase()` | each word with a capital: `jean-luc o'neill` → `Jean-Luc O'Neill` |
/// | `name.normalizeName()` | blanks tidied; a name all in capitals or all in small letters in title case, particles small |
/// | `text.slug()` | small ASCII letters and digits joined by `-`: `Crème Brûlée!` → `creme-brulee` |
///
/// Those for days and times are `DateFunctions`; `phone.e164(country)` is a library of `Mapping`.
enum FieldFunctions {
    static let overloads: [Overload] = [
        text("domain", domain), text("titleCase", NameText.titleCase), text("normalizeName", NameText.normalize),
        text("slug", NameText.slug),
    ]

    private static func text(_ name: String, _ change: @escaping @Sendable (String) -> String) -> Overload {
        StandardFunctions.member(name, .string, .string) { (value, frame) throws(Failure) in
            let text = try StringFunctions.text(name, value, &frame)
            // Looking up letters costs more than copying them.
            try frame.spend(text.utf8.count >> 2)
            return .string(change(text))
        }
    }

    private static func domain(_ email: String) -> String {
        guard let mark = email.utf8.lastIndex(of: UInt8(ascii: "@")) else { return "" }
        return Letters.lowerASCII(Letters.trim(String(email[email.index(after: mark)...])))
    }
}
