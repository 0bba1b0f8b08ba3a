/// A compiled expression.
package struct Program: Sendable {}
