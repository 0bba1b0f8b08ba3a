import Mapping
import Records

/// How values are written in requests and read in answers.
struct ValueRules: Sendable {
    /// How a cleared value is spelt.
    let clear: JSON
    /// What stands between the elements of a set that is written as text.
    let separator: String
    /// The form of each kind of value, for properties without one of their own.
    let write: [ValueForm.Kind: ValueForm]
    /// What the product makes of every text before it stores it.
    var stored: [NormalLens.Form] = []

    /// The form for a kind of value; without a rule, the nearest thing in JSON.
    func form(for kind: ValueForm.Kind) -> ValueForm {
        self.write[kind] ?? ValueForm(kind: kind, wire: .reference(kind.plainName))
    }
}

/// One way to write a kind of value: a template, and its inverse.
struct ValueForm: Sendable {
    /// The kinds of value, and the names that a form may use for each.
    enum Kind: String, Sendable, CaseIterable {
        case text
        case number
        case flag
        case date
        case instant
        case set

        /// The name that stands for the nearest thing in JSON.
        var plainName: String {
            switch self {
            case .text: "text"
            case .number: "number"
            case .flag: "flag"
            case .date, .instant: "iso"
            case .set: "list"
            }
        }

        /// All names that a form of this kind may use.
        var names: [String] {
            switch self {
            case .text: ["text", "integer"]
            case .number: ["text", "number"]
            case .flag: ["text", "flag"]
            case .date: ["iso", "year", "month", "day"]
            case .instant:
                ["iso", "epoch_ms", "epoch_s", "year", "month", "day", "hour", "minute", "second", "microsecond"]
            case .set: ["joined", "list"]
            }
        }
    }

    let kind: Kind
    let wire: Template
}
