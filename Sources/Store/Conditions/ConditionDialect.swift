import Records

/// What differs between the engines when a condition is written down.
///
/// `name` is always the placeholder of a property's name; what is asked of a value may be asked only where its type was
/// tested before, in a `CASE`.
protocol ConditionDialect: Sendable {
    /// The placeholder of an argument.
    func placeholder(_ number: Int, for argument: ConditionWriter.Argument) -> String
    /// A truth value.
    func truth(_ value: Bool) -> String
    /// The truth value that is unknown.
    var unknown: String { get }
    /// Nothing, as a value of a kind.
    func nothing(_ kind: RecordTerm.Kind) -> String
    /// Whether the property's value has a type; false if there is none.
    func type(_ name: String, is type: StoredType) -> String
    /// Whether the property is absent or null.
    func isMissing(_ name: String) -> String
    /// The property's text.
    func text(_ name: String) -> String
    /// The property's number as a double.
    func number(name: String) -> String
    /// A number of another width as a double.
    func number(_ value: String) -> String
    /// The property's truth value.
    func flag(_ name: String) -> String
    /// The property's set, comparable with one that is bound.
    func set(_ name: String) -> String
    /// Whether the property's number is whole.
    func isWhole(_ name: String) -> String
    /// The property's whole number.
    func whole(_ name: String) -> String
    /// Whether the property's text is a day of the years 1 to 9999.
    func isDay(_ name: String) -> String
    /// The microseconds of the midnight of the property's day.
    func midnight(_ name: String) -> String
    /// The place of one text in another, from 1; 0 if it is not there.
    func position(of part: String, in text: String) -> String
    /// A text with its ASCII letters small.
    func lowered(_ text: String) -> String
    /// A text with its ASCII letters large.
    func raised(_ text: String) -> String
    /// A text without the characters of another at both ends.
    func trimmed(_ text: String, of characters: String) -> String
    /// What follows the last `@` of a text; empty without one.
    func afterAt(_ text: String) -> String
    /// How many elements the property's set has; NULL if it is none.
    func count(_ name: String) -> String
    /// Whether a text is an element of the property's set; NULL if it is none.
    func element(_ text: String, of name: String) -> String
}

/// Conditions for SQLite's JSON functions.
struct SQLiteConditions: ConditionDialect {
    func placeholder(_ number: Int, for argument: ConditionWriter.Argument) -> String { "?\(number)" }
    func truth(_ value: Bool) -> String { value ? "1" : "0" }
    var unknown: String { "NULL" }
    func nothing(_ kind: RecordTerm.Kind) -> String { "NULL" }

    func type(_ name: String, is type: StoredType) -> String {
        let found = "json_type(properties, \(name))"
        return switch type {
        case .text: "\(found) IS 'text'"
        case .number: "COALESCE(\(found) IN ('integer', 'real'), 0)"
        case .flag: "COALESCE(\(found) IN ('true', 'false'), 0)"
        case .set: "\(found) IS 'array'"
        }
    }

    func isMissing(_ name: String) -> String { "(COALESCE(json_type(properties, \(name)), 'null') = 'null')" }
    func text(_ name: String) -> String { "json_extract(properties, \(name))" }
    // A whole number beyond 2^53 is rounded as the evaluator rounds it.
    func number(name: String) -> String { "CAST(json_extract(properties, \(name)) AS REAL)" }
    func number(_ value: String) -> String { "CAST(\(value) AS REAL)" }
    func flag(_ name: String) -> String { "json_extract(properties, \(name))" }
    func set(_ name: String) -> String { "json_extract(properties, \(name))" }
    func isWhole(_ name: String) -> String { "json_type(properties, \(name)) IS 'integer'" }
    func whole(_ name: String) -> String { "json_extract(properties, \(name))" }

    // A modifier makes SQLite move 2026-02-30 on to March, so that only a day of the calendar comes back as it was.
    func isDay(_ name: String) -> String {
        "(date(json_extract(properties, \(name)), '+0 days') IS json_extract(properties, \(name))"
            + " AND json_extract(properties, \(name)) > '0001')"
    }

    func midnight(_ name: String) -> String { "strftime('%s', json_extract(properties, \(name))) * 1000000" }
    func position(of part: String, in text: String) -> String { "instr(\(text), \(part))" }
    func lowered(_ text: String) -> String { "lower(\(text))" }
    func raised(_ text: String) -> String { "upper(\(text))" }
    func trimmed(_ text: String, of characters: String) -> String { "trim(\(text), \(characters))" }

    // What is left after taking every other letter from the end stops at the last sign.
    func afterAt(_ text: String) -> String {
        "(CASE WHEN instr(\(text), '@') > 0 THEN substr(\(text), length(rtrim(\(text), replace(\(text), '@', ''))) + 1)"
            + " WHEN \(text) IS NOT NULL THEN '' END)"
    }

    func count(_ name: String) -> String {
        "CASE WHEN \(self.type(name, is: .set)) THEN json_array_length(properties, \(name)) END"
    }

    func element(_ text: String, of name: String) -> String {
        "(CASE WHEN \(self.type(name, is: .set)) THEN"
            + " COALESCE(\(text) IN (SELECT value FROM json_each(properties, \(name))), 0) END)"
    }
}

/// Conditions for PostgreSQL, the properties being text that holds JSON, in a database of UTF-8.
struct PostgreSQLConditions: ConditionDialect {
    func placeholder(_ number: Int, for argument: ConditionWriter.Argument) -> String {
        switch argument {
        case .name: "$\(number)::text"
        // The order of texts is that of their bytes.
        case .text: "$\(number)::text COLLATE \"C\""
        case .number: "$\(number)::double precision"
        case .integer: "$\(number)::bigint"
        case .set: "$\(number)::jsonb"
        }
    }

    func truth(_ value: Bool) -> String { value ? "TRUE" : "FALSE" }
    var unknown: String { "NULL::boolean" }

    func nothing(_ kind: RecordTerm.Kind) -> String {
        switch kind {
        case .text: "NULL::text"
        case .number: "NULL::double precision"
        case .flag: "NULL::boolean"
        case .moment: "NULL::bigint"
        case .set: "NULL::jsonb"
        }
    }

    private func value(_ name: String) -> String { "(properties::jsonb -> \(name))" }

    func type(_ name: String, is type: StoredType) -> String {
        let found = "jsonb_typeof\(self.value(name))"
        return switch type {
        case .text: "\(found) IS NOT DISTINCT FROM 'string'"
        case .number: "\(found) IS NOT DISTINCT FROM 'number'"
        case .flag: "\(found) IS NOT DISTINCT FROM 'boolean'"
        case .set: "\(found) IS NOT DISTINCT FROM 'array'"
        }
    }

    func isMissing(_ name: String) -> String { "(COALESCE(jsonb_typeof\(self.value(name)), 'null') = 'null')" }
    func text(_ name: String) -> String { "((\(self.value(name)) #>> '{}') COLLATE \"C\")" }
    func number(name: String) -> String { "(\(self.value(name)) #>> '{}')::double precision" }
    func number(_ value: String) -> String { "(\(value))::double precision" }
    func flag(_ name: String) -> String { "(\(self.value(name)) #>> '{}')::boolean" }
    func set(_ name: String) -> String { self.value(name) }
    func isWhole(_ name: String) -> String { "((\(self.value(name)) #>> '{}') !~ '[.]')" }
    func whole(_ name: String) -> String { "(\(self.value(name)) #>> '{}')::bigint" }

    func isDay(_ name: String) -> String {
        let text = "(\(self.value(name)) #>> '{}')"
        return "(\(text) ~ '\(Self.days)' AND \(text) !~ '^0000')"
    }

    /// The days of the Gregorian calendar; a 29 February only in leap years.
    private static let days =
        "^([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
        + "|02-(0[1-9]|1[0-9]|2[0-8]))"
        + "|([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29)$"

    func midnight(_ name: String) -> String {
        "((\(self.value(name)) #>> '{}')::date - DATE '1970-01-01')::bigint * 86400000000"
    }

    func position(of part: String, in text: String) -> String { "strpos(\(text), \(part))" }

    func lowered(_ text: String) -> String { "translate(\(text), '\(Self.large)', '\(Self.small)')" }
    func raised(_ text: String) -> String { "translate(\(text), '\(Self.small)', '\(Self.large)')" }

    func trimmed(_ text: String, of characters: String) -> String { "btrim(\(text), \(characters))" }

    func afterAt(_ text: String) -> String {
        "(CASE WHEN strpos(\(text), '@') > 0 THEN substring(\(text) from '[^@]*$') WHEN \(text) IS NOT NULL THEN '' END)"
    }

    // `lower` follows the database's language, and would change letters beyond ASCII.
    private static let large = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    private static let small = "abcdefghijklmnopqrstuvwxyz"

    func count(_ name: String) -> String {
        "CASE WHEN \(self.type(name, is: .set)) THEN jsonb_array_length(\(self.value(name))) END"
    }

    func element(_ text: String, of name: String) -> String {
        "(CASE WHEN \(self.type(name, is: .set)) THEN COALESCE(jsonb_exists(\(self.value(name)), \(text)), FALSE) END)"
    }
}
