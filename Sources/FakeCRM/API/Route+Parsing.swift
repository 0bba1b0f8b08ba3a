extension Route {
    /// Reads a request's method and path.
    ///
    /// Throws 404 for a path that no version has, 405 for a method that the path does not take, and 400 for a record
    /// type that the account does not have.
    static func parse(_ request: FakeRequest) throws -> Route {
        var path = request.path
        let segments = path.withUTF8 { bytes in
            let isPlain = !bytes.contains(UInt8(ascii: "%"))
            return bytes.split(separator: UInt8(ascii: "/")).map { isPlain ? Array($0) : percentDecoded($0) }
        }
        let names = segments.map { String(decoding: $0, as: UTF8.self) }
        guard let (area, version, skipped) = Self.area(names) else { throw APIError.notFound }
        let rest = Array(segments[skipped...])
        let route = Parser(method: request.method, version: version, names: Array(names[skipped...]), segments: rest)
        let action: Action? =
            switch area {
            case "objects": try route.objects()
            case "associations": try route.associations()
            case "properties": try route.properties()
            case "owners": try route.owners()
            case "pipelines": try route.pipelines()
            case "lists": try route.lists()
            default: try route.account()
            }
        guard let action else { throw APIError.notFound }
        return Route(action: action, version: version)
    }

    private static let areas = ["objects", "associations", "properties", "owners", "pipelines", "lists"]

    /// The area, its version, and how many segments they take: `/crm/v3/objects` or `/crm/objects/2026-09`.
    private static func area(_ names: [String]) -> (String, APIVersion, Int)? {
        if names.count >= 3, names[0] == "crm" {
            if let version = APIVersion(segment: names[1]), version == .v3 || version == .v4,
                Self.areas.contains(names[2])
            {
                return (names[2], version, 3)
            }
            if let version = APIVersion(segment: names[2]), version != .v3, version != .v4,
                Self.areas.contains(names[1])
            {
                return (names[1], version, 3)
            }
        }
        if names.count >= 3, names[0] == "account-info", let version = APIVersion(segment: names[1]), version != .v4 {
            return ("account-info", version, 2)
        }
        return nil
    }
}

/// Reads the part of a path that follows the area and its version.
private struct Parser {
    var method: String
    var version: APIVersion
    var names: [String]
    var segments: [[UInt8]]

    private func type(_ position: Int) throws -> ObjectType {
        guard let type = ObjectType(path: self.names[position]) else {
            throw APIError.validation("Unable to infer object type from: \(self.names[position])")
        }
        return type
    }

    /// The action of the method; 405 when the path does not take it.
    private func choose(_ actions: [(String, Route.Action)]) throws -> Route.Action {
        guard let action = actions.first(where: { $0.0 == self.method })?.1 else {
            throw APIError(status: 405, category: "METHOD_NOT_ALLOWED", message: "HTTP 405 Method Not Allowed")
        }
        return action
    }

    func objects() throws -> Route.Action? {
        if self.names.count >= 4 { return try self.recordAssociations() }
        guard self.version != .v4, let first = self.names.first, !first.isEmpty else { return nil }
        let type = try self.type(0)
        switch self.names.count {
        case 1: return try self.choose([("GET", .list(type)), ("POST", .create(type))])
        case 2 where self.names[1] == "search": return try self.choose([("POST", .search(type))])
        case 2 where self.names[1] == "merge": return try self.choose([("POST", .merge(type))])
        case 2 where self.names[1] == "gdpr-delete":
            return try type == .contacts ? self.choose([("POST", .erase(type))]) : nil
        case 2:
            let id = self.segments[1]
            return try self.choose([
                ("GET", .read(type, id)), ("PATCH", .update(type, id)), ("DELETE", .archive(type, id)),
            ])
        default:
            guard self.names[1] == "batch", let operation = Route.BatchOperation(rawValue: self.names[2]) else {
                return nil
            }
            return try self.choose([("POST", .batch(type, operation))])
        }
    }

    private func recordAssociations() throws -> Route.Action? {
        guard self.names[2] == "associations" else { return nil }
        let from = try self.type(0)
        let id = self.segments[1]
        if self.names.count == 4 {
            return try self.choose([("GET", .listAssociations(.init(from: from, id: id, to: self.type(3))))])
        }
        guard self.version != .v3 else { return nil }
        if self.names.count == 6, self.names[3] == "default" {
            let ends = Route.AssociationEnds(from: from, id: id, to: try self.type(4))
            return try self.choose([("PUT", .putDefaultAssociation(ends, to: self.segments[5]))])
        }
        guard self.names.count == 5 else { return nil }
        let ends = Route.AssociationEnds(from: from, id: id, to: try self.type(3))
        return try self.choose([
            ("PUT", .putAssociation(ends, to: self.segments[4])),
            ("DELETE", .deleteAssociation(ends, to: self.segments[4])),
        ])
    }

    func associations() throws -> Route.Action? {
        guard self.version != .v3, self.names.count >= 3 else { return nil }
        let (from, to) = (try self.type(0), try self.type(1))
        if self.names[2] == "labels", self.names.count == 3 {
            return try self.choose([("GET", .listAssociationLabels(from, to))])
        }
        let name = self.names[3...].joined(separator: "/")
        guard self.names[2] == "batch", let operation = Route.AssociationOperation(rawValue: name) else { return nil }
        return try self.choose([("POST", .associationBatch(from, to, operation))])
    }

    func properties() throws -> Route.Action? {
        guard self.version != .v4, let first = self.names.first, !first.isEmpty else { return nil }
        let type = try self.type(0)
        switch self.names.count {
        case 1: return try self.choose([("GET", .listProperties(type)), ("POST", .createProperty(type))])
        case 2 where self.names[1] == "groups":
            return try self.choose([("GET", .listPropertyGroups(type)), ("POST", .createPropertyGroup(type))])
        case 2:
            let name = self.segments[1]
            return try self.choose([
                ("GET", .readProperty(type, name)), ("PATCH", .updateProperty(type, name)),
                ("DELETE", .archiveProperty(type, name)),
            ])
        default: return nil
        }
    }

    func owners() throws -> Route.Action? {
        guard self.version != .v4 else { return nil }
        switch self.names.count {
        case 0: return try self.choose([("GET", .listOwners)])
        case 1: return try self.choose([("GET", .readOwner(self.segments[0]))])
        default: return nil
        }
    }

    func pipelines() throws -> Route.Action? {
        guard self.version != .v4, let first = self.names.first, !first.isEmpty else { return nil }
        let type = try self.type(0)
        switch self.names.count {
        case 1: return try self.choose([("GET", .listPipelines(type))])
        case 2: return try self.choose([("GET", .readPipeline(type, self.segments[1]))])
        case 3 where self.names[2] == "stages":
            return try self.choose([("GET", .listStages(type, self.segments[1]))])
        default: return nil
        }
    }

    func lists() throws -> Route.Action? {
        guard self.version != .v4 else { return nil }
        switch self.names.count {
        case 0: return try self.choose([("POST", .createList)])
        case 1: return try self.choose([("GET", .readList(self.segments[0]))])
        case 2 where self.names[1] == "memberships":
            return try self.choose([("GET", .listMembers(self.segments[0]))])
        case 3 where self.names[1] == "memberships":
            guard let change = Route.MemberChange(rawValue: self.names[2]) else { return nil }
            return try self.choose([("PUT", .changeMembers(self.segments[0], change))])
        case 4 where self.names[0] == "object-type-id" && self.names[2] == "name":
            return try self.choose([("GET", .findList(try self.type(1), self.segments[3]))])
        default: return nil
        }
    }

    func account() throws -> Route.Action? {
        self.names == ["details"] ? try self.choose([("GET", .accountDetails)]) : nil
    }
}
