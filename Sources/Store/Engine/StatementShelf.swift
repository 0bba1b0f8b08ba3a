/// The prepared statements of one connection by the address of their text, which a `StaticString` never changes.
///
/// GRDB finds a statement by its whole text, which costs more than most of them take to run.
// `@unchecked`: a shelf is used on the queue of its connection only, in one transaction at a time.
final class StatementShelf: @unchecked Sendable {
    private var statements: [UnsafePointer<UInt8>: PreparedStatement] = [:]

    subscript(sql: StaticString) -> PreparedStatement? {
        get { self.statements[sql.utf8Start] }
        set { self.statements[sql.utf8Start] = newValue }
    }

    /// Lets go of all statements, before the connection ends.
    func clear() { self.statements = [:] }
}
