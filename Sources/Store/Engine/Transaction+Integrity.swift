extension Transaction {
    /// What SQLite finds wrong with the file, at most ten lines; empty for a sound one.
    ///
    /// Reads all of it: a matter of seconds for a large store.
    package func integrityProblems() throws -> [String] {
        let lines = try self.all("PRAGMA quick_check(10)") { $0.string(0) }
        return lines == ["ok"] ? [] : lines
    }
}
