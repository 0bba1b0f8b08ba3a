/// How large an expression and its evaluation may become.
package struct CELLimits: Sendable, Hashable {
    /// The longest source, in bytes.
    package var sourceBytes = 32_768
    /// The most nodes on one way from the root of the syntax tree to a leaf; a macro counts as four.
    ///
    /// Each level costs stack while running; 256 of them take half of the 512 KB of a secondary thread in a build
    /// without optimisation, which a test holds.
    package var depth = 256
    /// The most brackets open at once; they cost no stack.
    package var brackets = 1_024
    /// The most nodes an evaluation may visit when the caller says nothing else.
    ///
    /// Work that grows with the data (elements compared, bytes copied or searched) counts too.
    package var budget = 100_000

    /// The limits that fit expressions written by people.
    package init() {}
}
