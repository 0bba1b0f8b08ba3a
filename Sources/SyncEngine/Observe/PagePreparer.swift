import Connectors
import Mapping
import Planning
import Records
import Store

/// Makes the records of a mapping ready for the store's page path.
struct PagePreparer: Sendable {
    let runtime: MappingRuntime
    /// The match keys that the store kept when this was made; while it keeps others the page path is closed.
    let stored: [StoredIdentityKey]
    /// The pulled fields, and the schema positions of their properties.
    let properties: [(field: Int, position: Int)]
    /// For each stored key the schema positions of its parts; nil for a property that the schema does not have.
    let storedPlaces: [[Int?]]

    /// Creates the preparer of a mapping; nil where a new record may need more than a row, a link and identities.
    init?(_ runtime: MappingRuntime, stored: [StoredIdentityKey]) {
        let fields = runtime.mapping.fields
        let locals = fields.compactMap(\.local)
        func isPulled(_ field: Int) -> Bool { fields[field].direction != .push && fields[field].local != nil }
        // A field without a shadow, or two fields on one property, would leave a link unsettled from the start.
        guard runtime.mapping.create.pull, !runtime.pushesComputed, Set(locals.map { Text($0) }).count == locals.count,
            fields.indices.allSatisfy({ isPulled($0) || fields[$0].direction == .push }),
            fields.indices.allSatisfy({ !isPulled($0) || runtime.localPositions[$0] != nil }),
            runtime.mapping.match.allSatisfy({ key in key.allSatisfy(isPulled) })
        else { return nil }
        self.runtime = runtime
        self.stored = stored
        self.properties = fields.indices.compactMap { field in
            isPulled(field) ? runtime.localPositions[field].map { (field, $0) } : nil
        }
        self.storedPlaces = stored.map { $0.key.properties.map { runtime.codec.position(of: $0) } }
    }

    /// Prepares a page beside the writing of an earlier one; nil if the records' associations are yet to be looked up.
    ///
    /// What a transform asks of the store is left to the writer. `makesNew` says whether the records are likely to be new.
    func prepare(_ page: [RemoteRecord], owners: OwnerDirectory, makesNew: Bool) -> PreparedPage? {
        guard self.runtime.associations.isEmpty else { return nil }
        var builder = PageBuilder(self)
        let context = StorelessContext(owners: owners)
        for record in page {
            let values = self.runtime.fieldValues(record, associations: [:])
            builder.add(Incoming(record, values: values, runtime: self.runtime))
            guard makesNew else { continue }
            context.wasAsked = false
            builder.makeCreation(in: context)
            if context.wasAsked { builder.dropCreation() }
        }
        return builder.take()
    }
}

/// What transforms may look up where there is no open transaction: the CRM's users, and nothing else.
private final class StorelessContext: LensContext {
    private let owners: OwnerDirectory
    /// Whether something was asked that could not be answered here.
    var wasAsked = false

    init(owners: OwnerDirectory) {
        self.owners = owners
    }

    func remoteOwner(email: Text) -> Text? { self.owners.id(email: email) }

    func isOwnUser(_ remoteOwner: Text) -> Bool { self.owners.isOwn(remoteOwner) }

    func ownerEmail(remoteOwner: Text) -> Text? { self.owners.email(id: remoteOwner) }

    func remoteID(of record: RecordID, remoteObject: String) -> Text? {
        self.wasAsked = true
        return nil
    }

    func record(remoteID: Text, remoteObject: String) -> RecordID? {
        self.wasAsked = true
        return nil
    }
}
