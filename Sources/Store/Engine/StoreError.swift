package import Records

/// What went wrong in the store; never holds a stored value.
package struct StoreError: DispositionedError, Equatable {
    /// The closed set of causes.
    package enum Code: String, Sendable, CaseIterable {
        /// Another process kept the database locked for longer than we wait.
        case busy = "store_busy"
        /// The disk is full or fails, or the file cannot be opened.
        case unusable = "store_unusable"
        /// The file was written by a newer Relais.
        case newerSchema = "store_newer_schema"
        /// A stored row is not what this program writes.
        case corrupt = "store_corrupt"
        /// A rule of the schema was broken, such as a second link for one record.
        case constraint = "store_constraint"
        /// There is no such record, link, conflict, object or property.
        case notFound = "store_not_found"
        /// The record is deleted, or merged into another one.
        case notLive = "store_not_live"
        /// A value cannot be stored where it should go.
        case unstorable = "store_unstorable"
        /// The values belong to somebody who was erased (R8).
        case erased = "store_erased"
        /// SQLite refused for another reason.
        case refused = "store_refused"
    }

    /// What kind of failure it is.
    package let code: Code
    /// What happened, for the operator, without stored values.
    package let message: String

    /// Creates an error.
    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var codeName: String { self.code.rawValue }

    package var disposition: Disposition {
        switch self.code {
        case .busy: .retry
        case .notFound, .notLive, .unstorable, .constraint, .erased: .skipRecord
        case .unusable, .newerSchema, .corrupt, .refused: .abortRun
        }
    }

    package var description: String { "\(self.code.rawValue): \(self.message)" }
}
