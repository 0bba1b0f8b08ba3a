import ArgumentParser
import Authoring
import Mapping
import Records
import Store

/// Which conflicts are meant: the same options for looking at them and for deciding about all of them at once.
struct ConflictQuery: ParsableArguments {
    @Option(help: "Only of this connection.") var connection: String?
    @Option(help: "Only of this field, as the list names it.") var field: String?
    @Option(help: "Only of this object, such as contact.") var object: String?
    @Option(help: "Only of this record: the beginning of its id, or its e-mail address.") var of: String?

    /// Whether something narrower than a connection is asked for.
    var namesFields: Bool { self.field != nil || self.object != nil || self.of != nil }

    /// Whether anything is asked for.
    var isGiven: Bool { self.connection != nil || self.namesFields }

    /// The conflicts in a state, at most `limit`: what waits in its order, what is settled with the newest first, as nobody
    /// looks for last night's edit behind a thousand rows of the first sync.
    ///
    /// Throws a `CommandError` for a name that nothing has, with the nearest that something has.
    func conflicts(
        _ state: ConflictState,
        limit: Int = .max,
        in transaction: Transaction,
        of workspace: Workspace
    ) throws -> [Conflict] {
        let found = try self.find(state, limit, transaction, workspace)
        if found.isEmpty { try self.checkNames(in: workspace) }
        return found
    }

    private func find(
        _ state: ConflictState,
        _ limit: Int,
        _ transaction: Transaction,
        _ workspace: Workspace
    ) throws -> [Conflict] {
        var filter = ConflictFilter(state: state, field: self.field)
        if let connection = try self.connection.map({ try workspace.connection($0).name }) {
            filter.connection = try transaction.connection(connection)?.number
            guard filter.connection != nil else { return [] }
        }
        if state == .settled, !self.namesFields {
            return try transaction.latestConflicts(in: state, of: filter.connection, limit: limit)
        }
        if let of { filter.record = try RecordFinder(transaction, workspace.schema).record(of).id }
        var found = try transaction.conflicts(filter, limit: self.object == nil && state != .settled ? limit : .max)
        if let object { found = try found.filter { try Self.isAbout(object, $0, transaction) } }
        if state == .settled { found.reverse() }
        return Array(found.prefix(limit))
    }

    /// Whether a conflict is about an object, by its name here or in the CRM.
    private static func isAbout(_ object: String, _ conflict: Conflict, _ transaction: Transaction) throws -> Bool {
        let about = conflict.about
        if try transaction.name(of: about.link.object).hasSameBytes(as: object) { return true }
        guard let local = try transaction.record(about.record)?.schema.name else { return false }
        return local.hasSameBytes(as: object) || ObjectNames.areSame(local, object)
    }

    /// A name that is misspelt finds nothing, which is not the same as nothing to decide.
    private func checkNames(in workspace: Workspace) throws {
        let mappings = try workspace.configuration.connections.flatMap { try workspace.mappings($0) }
        if let object {
            let known = mappings.flatMap { [$0.localObject, $0.remoteObject] }
            guard known.contains(where: { $0.hasSameBytes(as: object) || ObjectNames.areSame($0, object) }) else {
                throw Self.unknown("object", object, known)
            }
        }
        if let field {
            let known = mappings.flatMap(\.fields).compactMap { $0.local ?? $0.remote }
            guard known.contains(where: { $0.hasSameBytes(as: field) }) else {
                throw Self.unknown("field", field, known)
            }
        }
    }

    private static func unknown(_ what: String, _ name: String, _ known: [String]) -> CommandError {
        let mend = NearestName.mend(name, among: Set(known).sorted())
        return CommandError(.usage, "no mapping has the \(what) \(Printable.line(name)): \(mend)")
    }
}
