package import Mapping
package import Records

/// What a product is known to make of a text before it stores it, as its manifest says (R1).
package struct StoredForms: Hashable, Sendable {
    /// The forms of every text.
    package let all: [NormalLens.Form]
    /// More of them, by property.
    package let own: [String: [NormalLens.Form]]

    /// Creates the forms of an object.
    package init(all: [NormalLens.Form] = [], own: [String: [NormalLens.Form]] = [:]) {
        self.all = all
        self.own = own
    }

    /// What the product stores when a value is written.
    package func stored(_ value: Value, in property: String) -> Value {
        (self.all + self.own[property, default: []]).reduce(value) { NormalLens($1).canonical($0) }
    }
}
