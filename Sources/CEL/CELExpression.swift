/// A node of the syntax tree.
///
/// Macros are nodes of their own (`Comprehension`, `bind`, `optionalMap`), not expanded, because evaluating them
/// directly is faster and translating them (to SQL) simpler.
package final class CELExpression: Sendable {
    /// A number unique in its tree, from 0; the checker's results are arrays by this number.
    package let id: Int
    /// The byte offset in the source that messages point to.
    package let offset: Int
    /// What the node is.
    package let kind: Kind
    /// The number of nodes on the longest way down, this one included, macros counting four times.
    let height: Int

    /// What a node is, with its children.
    package indirect enum Kind: Sendable {
        /// A constant.
        case literal(CELValue)
        /// A name; `isAbsolute` when it was written with a leading dot.
        case identifier(String, isAbsolute: Bool)
        /// `operand.field`, or `operand.?field` when `isOptional`.
        case select(CELExpression, field: String, isOptional: Bool)
        /// `has(operand.field)`.
        case has(CELExpression, field: String)
        /// `operand[index]`, or `operand[?index]` when `isOptional`.
        case index(CELExpression, CELExpression, isOptional: Bool)
        /// `function(arguments)`, or `target.function(arguments)`.
        case call(target: CELExpression?, function: String, arguments: [CELExpression])
        /// `!operand` or `-operand`.
        case unary(UnaryOperator, CELExpression)
        /// Arithmetic, comparison and `in`.
        case binary(BinaryOperator, CELExpression, CELExpression)
        /// `a && b && c` or `a || b || c`, flattened.
        case logical(LogicalOperator, [CELExpression])
        /// `condition ? then : otherwise`.
        case conditional(CELExpression, then: CELExpression, otherwise: CELExpression)
        /// `[a, ?b]`.
        case list([ListElement])
        /// `{a: b, ?c: d}`.
        case map([MapEntry])
        /// `all`, `exists`, `map` and their relatives.
        case comprehension(Comprehension)
        /// `cel.bind(name, value, body)`.
        case bind(name: String, value: CELExpression, body: CELExpression)
        /// `operand.optMap(name, body)`, or `optFlatMap` when `isFlat`.
        case optionalMap(CELExpression, name: String, body: CELExpression, isFlat: Bool)
        /// `Type{field: value}`; the checker refuses it, as there are no messages here.
        case message(type: String)
    }

    /// An element of a list literal.
    package struct ListElement: Sendable {
        /// The element's value.
        package let value: CELExpression
        /// Whether it was written `?value`, that is: is left out when the optional is empty.
        package let isOptional: Bool
    }

    /// An entry of a map literal.
    package struct MapEntry: Sendable {
        /// The key.
        package let key: CELExpression
        /// The value.
        package let value: CELExpression
        /// Whether it was written `?key: value`, that is: is left out when the optional is empty.
        package let isOptional: Bool
    }

    /// A macro that walks a list or the keys of a map.
    package struct Comprehension: Sendable {
        /// Which macro.
        package enum Macro: String, Sendable {
            case all
            case exists
            case existsOne = "exists_one"
            case filter
            case map
            case transformList
            case transformMap
            case transformMapEntry
        }

        /// Which macro it is.
        package let macro: Macro
        /// What is walked.
        package let range: CELExpression
        /// The name of the element (or of a map's key); of the index or key when there is a second one.
        package let variable: String
        /// The name of the element (or of a map's value) in the two-variable forms.
        package let secondVariable: String?
        /// Which elements count; always there for `all`, `exists`, `exists_one` and `filter`.
        package let condition: CELExpression?
        /// What becomes of each element, for `map` and the transforms.
        package let transform: CELExpression?
    }

    /// Whether it stood in parentheses, which keep `(a.b).c` from being read as the name `a.b.c`.
    let isGrouped: Bool

    init(id: Int, offset: Int, kind: Kind, isGrouped: Bool = false) {
        self.isGrouped = isGrouped
        self.id = id
        self.offset = offset
        self.kind = kind
        var deepest = 0
        Self.forEachChild(of: kind) { deepest = max(deepest, $0.height) }
        height = deepest + Self.weight(of: kind)
    }

    /// A macro counts four times, as its walk stands on the thread's stack besides the node.
    private static func weight(of kind: Kind) -> Int {
        guard case .comprehension = kind else { return 1 }
        return 4
    }

    /// Calls `body` with each child, in the order of the source.
    package func forEachChild(_ body: (CELExpression) -> Void) {
        Self.forEachChild(of: kind, body)
    }

    private static func forEachChild(of kind: Kind, _ body: (CELExpression) -> Void) {
        switch kind {
        case .literal, .identifier, .message: break
        case .select(let operand, _, _), .has(let operand, _), .unary(_, let operand): body(operand)
        case .index(let operand, let index, _):
            body(operand)
            body(index)
        case .call(let target, _, let arguments):
            if let target { body(target) }
            for argument in arguments { body(argument) }
        case .binary(_, let left, let right):
            body(left)
            body(right)
        case .logical(_, let operands):
            for operand in operands { body(operand) }
        case .conditional(let condition, let then, let otherwise):
            body(condition)
            body(then)
            body(otherwise)
        case .list(let elements):
            for element in elements { body(element.value) }
        case .map(let entries):
            for entry in entries {
                body(entry.key)
                body(entry.value)
            }
        case .comprehension(let comprehension):
            body(comprehension.range)
            if let condition = comprehension.condition { body(condition) }
            if let transform = comprehension.transform { body(transform) }
        case .bind(_, let value, let inner), .optionalMap(let value, _, let inner, _):
            body(value)
            body(inner)
        }
    }
}

/// `!` and `-`.
package enum UnaryOperator: String, Sendable {
    case not = "!"
    case negate = "-"
}

/// Arithmetic, comparison and membership.
package enum BinaryOperator: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case isIn = "in"
}

/// `&&` and `||`.
package enum LogicalOperator: String, Sendable {
    case and = "&&"
    case or = "||"
}
