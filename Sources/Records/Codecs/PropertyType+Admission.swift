extension PropertyType {
    /// Whether a property of this type can hold the value; absent and null fit every type.
    ///
    /// Says nothing about the list of an option, a set or the lifecycle: an unlisted text is a question for mappings.
    package func admits(_ value: Value) -> Bool {
        switch (self, value) {
        case (_, .absent), (_, .null): true
        case (.text, .text), (.option, .text), (.stage, .text), (.owner, .text), (.reference, .text): true
        case (.number, .number), (.flag, .flag), (.date, .date), (.instant, .instant), (.set, .set): true
        default: false
        }
    }
}
