/// A part of a compiled program that can be evaluated.
///
/// Nodes are immutable classes: dispatch is one indirect call, and a program is `Sendable` without locks.
protocol Node: AnyObject, Sendable {
    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue

    /// The value as a condition of `&&`, `||`, `?:` or a macro.
    func condition(_ frame: inout Frame) throws(Failure) -> Bool
}

extension Node {
    func condition(_ frame: inout Frame) throws(Failure) -> Bool {
        let value = try evaluate(&frame)
        guard case .bool(let isTrue) = value else { throw .overload("condition", value.kind) }
        return isTrue
    }
}

/// A node whose value is a truth value, so that conditions need no boxing.
protocol ConditionNode: Node {}

extension ConditionNode {
    @inline(__always)
    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        .bool(try condition(&frame))
    }
}
