import Records

extension JSON {
    /// A whole number.
    static func number(of value: Int) -> JSON { .number(String(value)) }
}
