/// What goes wrong while evaluating; small, so that absorbing one costs no allocation.
///
/// The message is written only when a failure leaves the program.
struct Failure: Error, Sendable {
    let kind: CELError.Kind
    /// The kinds of the operands, for `noSuchOverload`.
    let left: ValueKind
    let right: ValueKind
    /// The place in the source; negative until a node knows it.
    var offset: Int32 = -1
    /// The operator or function for `noSuchOverload`, the whole message otherwise.
    let detail: String

    init(_ kind: CELError.Kind, _ message: String) {
        self.kind = kind
        left = .none
        right = .none
        detail = message
    }

    private init(overload: String, left: ValueKind, right: ValueKind) {
        kind = .noSuchOverload
        self.left = left
        self.right = right
        detail = overload
    }

    /// Operands of types that the operator or function does not take.
    static func overload(_ name: String, _ left: ValueKind = .none, _ right: ValueKind = .none) -> Failure {
        Failure(overload: name, left: left, right: right)
    }

    static let budget = Failure(.budget, "the evaluation visits more nodes than its budget allows")

    /// The same failure with a place, unless it has one.
    func placed(at offset: Int32) -> Failure {
        guard self.offset < 0 else { return self }
        var placed = self
        placed.offset = offset
        return placed
    }

    var message: String {
        guard kind == .noSuchOverload else { return detail }
        return switch (left, right) {
        case (.none, .none): "'\(detail)' does not take these arguments"
        case (_, .none): "'\(detail)' does not take \(left.plainName)"
        default: "'\(detail)' does not take \(left.plainName) and \(right.plainName)"
        }
    }

    var mend: String? {
        switch kind {
        case .noSuchOverload where left == .null || right == .null: "guard it with has(…) or use .?field.orValue(…)"
        case .noSuchKey: "guard it with has(…) or use .?field.orValue(…)"
        case .budget: "make the lists shorter, or allow a larger budget"
        default: nil
        }
    }
}
