/// One step of the database's layout; never edited once it has been in a release (a test pins its hash).
package struct Migration: Sendable {
    /// The name that the database remembers, such as `001-base`.
    package let name: String
    /// The statements, in the tokens of `Dialect`.
    package let template: String

    /// All migrations in their order; add one at the end for new tables.
    package static let all: [Migration] = [
        .base, .automation, .fieldRules, .life, .erasure, .reading, .identity, .rollUps, .conversion, .lists,
        .listMoves,
        .answeredOperations,
    ]
}
