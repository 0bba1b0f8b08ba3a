/// A place in a configuration file.
package struct SourceLocation: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The path as the person named it, or relative to the workspace.
    package let file: String
    /// The line, from 1; 0 if only the file is known.
    package let line: Int
    /// The column in code points, from 1; 0 if only the line is known.
    package let column: Int

    /// Creates a location.
    package init(file: String, line: Int = 0, column: Int = 0) {
        self.file = file
        self.line = line
        self.column = column
    }

    package static func < (lhs: Self, rhs: Self) -> Bool {
        (lhs.file, lhs.line, lhs.column) < (rhs.file, rhs.line, rhs.column)
    }

    package var description: String {
        self.line == 0 ? self.file : "\(self.file):\(self.line):\(self.column)"
    }
}

/// One finding about a configuration file: what is wrong where, and how to mend it.
package struct Diagnostic: Hashable, Sendable {
    /// How much a finding weighs.
    package enum Severity: String, Sendable {
        /// Nothing runs until it is mended.
        case error
        /// It runs, but probably not as meant.
        case warning
        /// It runs as meant; good to know all the same.
        case info
    }

    /// How much it weighs.
    package let severity: Severity
    /// Where it stands.
    package let location: SourceLocation
    /// What is wrong, in one clause.
    package let message: String
    /// How to mend it, in one clause.
    package let mend: String

    /// Creates a finding.
    package init(_ severity: Severity, at location: SourceLocation, _ message: String, mend: String) {
        self.severity = severity
        self.location = location
        self.message = message
        self.mend = mend
    }
}

extension Diagnostic: CustomStringConvertible {
    /// `file:line:column: severity: what: how to mend it`.
    package var description: String {
        "\(self.location): \(self.severity.rawValue): \(self.message): \(self.mend)"
    }
}

/// All the findings of a check that found errors, in the order of the files.
package struct DiagnosticList: Error, CustomStringConvertible {
    /// The findings, sorted by place.
    package let diagnostics: [Diagnostic]

    /// Creates a list, sorting the findings by place.
    package init(_ diagnostics: [Diagnostic]) {
        self.diagnostics = diagnostics.sorted { $0.location < $1.location }
    }

    package var description: String { self.diagnostics.map(\.description).joined(separator: "\n") }
}
