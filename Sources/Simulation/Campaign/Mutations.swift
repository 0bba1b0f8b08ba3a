import Records

/// The rules of the engine that can be switched off, to see that the simulation notices.
package enum Mutations {
    /// Their names.
    package static var names: [String] { Breakage.allCases.map(\.rawValue).sorted() }

    /// Switches rules off for the whole process, by a list of names with commas between them.
    ///
    /// Throws for a name that is none, and in a build without breakages.
    package static func switchOn(_ names: String) throws {
        try Breakage.switchOn(try Breakage.named(names))
    }
}
