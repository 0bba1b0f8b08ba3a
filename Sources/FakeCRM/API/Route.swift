/// What a request asks for, read from its method and path.
struct Route {
    /// The things that can be asked for.
    enum Action {
        case list(ObjectType)
        case create(ObjectType)
        case read(ObjectType, [UInt8])
        case update(ObjectType, [UInt8])
        case archive(ObjectType, [UInt8])
        case batch(ObjectType, BatchOperation)
        case search(ObjectType)
        case merge(ObjectType)
        case erase(ObjectType)
        case listProperties(ObjectType)
        case createProperty(ObjectType)
        case readProperty(ObjectType, [UInt8])
        case updateProperty(ObjectType, [UInt8])
        case archiveProperty(ObjectType, [UInt8])
        case listPropertyGroups(ObjectType)
        case createPropertyGroup(ObjectType)
        case listOwners
        case readOwner([UInt8])
        case listPipelines(ObjectType)
        case readPipeline(ObjectType, [UInt8])
        case listStages(ObjectType, [UInt8])
        case listAssociations(AssociationEnds)
        case putAssociation(AssociationEnds, to: [UInt8])
        case putDefaultAssociation(AssociationEnds, to: [UInt8])
        case deleteAssociation(AssociationEnds, to: [UInt8])
        case associationBatch(ObjectType, ObjectType, AssociationOperation)
        case listAssociationLabels(ObjectType, ObjectType)
        case accountDetails
        case createList
        case readList([UInt8])
        case findList(ObjectType, [UInt8])
        case listMembers([UInt8])
        case changeMembers([UInt8], MemberChange)
    }

    /// What is done to the members of a list.
    enum MemberChange: String {
        case add
        case remove
        case both = "add-and-remove"
    }

    /// A batch endpoint of records.
    enum BatchOperation: String {
        case read
        case create
        case update
        case upsert
        case archive
    }

    /// A batch endpoint of associations.
    enum AssociationOperation: String {
        case read
        case create
        case archive
        case archiveLabels = "labels/archive"
        case associateDefault = "associate/default"
    }

    /// The record an association starts from, and the type it leads to.
    struct AssociationEnds {
        var from: ObjectType
        var id: [UInt8]
        var to: ObjectType
    }

    var action: Action
    var version: APIVersion
}

extension Route {
    /// Whether the request changes something.
    var isWrite: Bool {
        switch self.action {
        case .create, .update, .archive, .merge, .erase, .createProperty, .updateProperty, .archiveProperty,
            .createPropertyGroup, .putAssociation, .putDefaultAssociation, .deleteAssociation, .createList,
            .changeMembers:
            true
        case .batch(_, let operation): operation != .read
        case .associationBatch(_, _, let operation): operation != .read
        case .list, .read, .search, .listProperties, .readProperty, .listPropertyGroups, .listOwners, .readOwner,
            .listPipelines, .readPipeline, .listStages, .listAssociations, .listAssociationLabels, .accountDetails,
            .readList, .findList, .listMembers:
            false
        }
    }

    var isSearch: Bool {
        if case .search = self.action { return true }
        return false
    }

    /// The name that statistics count the request under.
    var kind: String {
        switch self.action {
        case .list(let type): "\(type.rawValue).list"
        case .create(let type): "\(type.rawValue).create"
        case .read(let type, _): "\(type.rawValue).read"
        case .update(let type, _): "\(type.rawValue).update"
        case .archive(let type, _): "\(type.rawValue).archive"
        case .batch(let type, let operation): "\(type.rawValue).batch_\(operation.rawValue)"
        case .search(let type): "\(type.rawValue).search"
        case .merge(let type): "\(type.rawValue).merge"
        case .erase(let type): "\(type.rawValue).erase"
        case .listProperties, .readProperty, .listPropertyGroups: "properties.read"
        case .createProperty, .createPropertyGroup: "properties.create"
        case .updateProperty: "properties.update"
        case .archiveProperty: "properties.archive"
        case .listOwners, .readOwner: "owners.read"
        case .listPipelines, .readPipeline, .listStages: "pipelines.read"
        case .listAssociations, .listAssociationLabels: "associations.list"
        case .putAssociation, .putDefaultAssociation: "associations.create"
        case .deleteAssociation: "associations.archive"
        case .associationBatch(_, _, let operation):
            "associations.batch_\(operation.rawValue.replacing("/", with: "_"))"
        case .accountDetails: "account.details"
        case .createList: "lists.create"
        case .readList, .findList: "lists.read"
        case .listMembers: "lists.members"
        case .changeMembers: "lists.change"
        }
    }

    /// The scopes of which a token must have at least one; empty when any token will do.
    var scopes: [String] {
        switch self.action {
        case .list(let type), .read(let type, _), .search(let type), .batch(let type, .read):
            return ["crm.objects.\(type.scopeFamily).read"]
        case .create(let type), .update(let type, _), .archive(let type, _), .batch(let type, _), .merge(let type),
            .erase(let type):
            return ["crm.objects.\(type.scopeFamily).write"]
        case .listProperties(let type), .readProperty(let type, _), .listPropertyGroups(let type),
            .listPipelines(let type), .readPipeline(let type, _), .listStages(let type, _):
            return ["crm.schemas.\(type.scopeFamily).read", "crm.objects.\(type.scopeFamily).read"]
        case .createProperty(let type), .updateProperty(let type, _), .archiveProperty(let type, _),
            .createPropertyGroup(let type):
            return ["crm.schemas.\(type.scopeFamily).write"]
        case .listAssociations(let ends):
            return ["crm.objects.\(ends.from.scopeFamily).read"]
        case .associationBatch(let from, _, .read), .listAssociationLabels(let from, _):
            return ["crm.objects.\(from.scopeFamily).read"]
        case .putAssociation(let ends, _), .putDefaultAssociation(let ends, _), .deleteAssociation(let ends, _):
            return ["crm.objects.\(ends.from.scopeFamily).write"]
        case .associationBatch(let from, _, _):
            return ["crm.objects.\(from.scopeFamily).write"]
        case .listOwners, .readOwner: return ["crm.objects.owners.read"]
        case .accountDetails: return []
        case .readList, .findList, .listMembers: return ["crm.lists.read"]
        case .createList, .changeMembers: return ["crm.lists.write"]
        }
    }
}
