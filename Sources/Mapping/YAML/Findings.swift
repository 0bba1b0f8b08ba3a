package import Records

/// Collects the findings of a check, so that all are reported at once.
package final class Findings {
    /// The findings so far, in the order in which they were made.
    package private(set) var diagnostics: [Diagnostic] = []

    /// Creates an empty collection.
    package init() {}

    /// Adds something that must be mended before anything runs.
    package func error(at location: SourceLocation, _ message: String, mend: String) {
        self.diagnostics.append(Diagnostic(.error, at: location, message, mend: mend))
    }

    /// Adds something that runs, but probably not as meant.
    package func warning(at location: SourceLocation, _ message: String, mend: String) {
        self.diagnostics.append(Diagnostic(.warning, at: location, message, mend: mend))
    }

    /// Adds findings made elsewhere.
    package func add(_ diagnostics: [Diagnostic]) {
        self.diagnostics += diagnostics
    }

    /// Whether any finding is an error.
    package var hasErrors: Bool { self.diagnostics.contains { $0.severity == .error } }

    /// The errors, if there are any.
    package var errorCount: Int { self.diagnostics.count { $0.severity == .error } }

    /// Throws all findings as a `DiagnosticList` if one of them is an error.
    package func throwIfErrors() throws {
        if self.hasErrors { throw DiagnosticList(self.diagnostics) }
    }
}
