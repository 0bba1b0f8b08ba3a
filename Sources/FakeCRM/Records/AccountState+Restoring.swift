extension AccountState {
    /// Reads an account back from its lines; throws `KeptLineProblem` for one that does not make sense.
    init(keptLines: [UInt8], clock: FakeClock) throws {
        var state: AccountState?
        for (number, text) in keptLines.split(separator: UInt8(ascii: "\n")).enumerated() {
            do {
                let node = try JSONParser.parse(Array(text))
                guard let member = node.members?.first else { throw KeptLineProblem(line: 0, message: "no object") }
                if state == nil {
                    guard readable(member.name) == "account" else {
                        throw KeptLineProblem(line: 0, message: "the first line is not an account")
                    }
                    state = try AccountState(header: member.value, clock: clock)
                } else {
                    try state?.restore(readable(member.name), member.value)
                }
            } catch let problem as JSONProblem {
                throw KeptLineProblem(line: number + 1, message: "column \(problem.column): \(problem.message)")
            } catch let problem as KeptLineProblem {
                throw KeptLineProblem(line: number + 1, message: problem.message)
            } catch let error as APIError {
                throw KeptLineProblem(line: number + 1, message: error.message)
            }
        }
        guard let state else { throw KeptLineProblem(line: 1, message: "the file is empty") }
        self = state
    }

    private init(header: JSONNode, clock: FakeClock) throws {
        guard header["form"]?.integer == 1, let portalID = header["portalId"]?.integer else {
            throw KeptLineProblem(line: 0, message: "the file has another form than this program reads")
        }
        let tokens = (header["tokens"]?.elements ?? []).map { token in
            AccessToken(
                Self.string(token["secret"]),
                appID: token["app"]?.integer ?? 0,
                scopes: Set((token["scopes"]?.elements ?? []).map { Self.string($0) })
            )
        }
        let options = AccountOptions(
            portalID: portalID,
            tokens: tokens,
            timeZone: Self.string(header["timeZone"]),
            currency: Self.string(header["currency"]),
            firstRecordID: header["firstRecordId"]?.integer ?? 1,
            seed: UInt64(Self.string(header["seed"])) ?? 1
        )
        var habits = Habits.none
        if let kept = header["habits"] { try habits.apply(kept) }
        self.init(options: options, habits: habits, clock: clock)
        self.requestNumber = UInt64(Self.string(header["requests"])) ?? 0
        self.keepStampsAfter(header["lastChange"]?.integer ?? 0)
    }

    private mutating func restore(_ name: String, _ node: JSONNode) throws {
        switch name {
        case "record": try self.restoreRecord(node)
        case "association": try self.restoreAssociation(node)
        case "next": self[try Self.type(node)].reserveIDs(upTo: try Self.id(node["id"]) - 1)
        case "alias": self[try Self.type(node)].aliases[try Self.id(node["from"])] = try Self.id(node["to"])
        case "property": try self.restoreProperty(node)
        case "group":
            let group = (name: Self.string(node["name"]), label: Self.string(node["label"]))
            self.propertyGroups[try Self.type(node), default: []].append(group)
        case "owner": self.options.owners.append(try Self.owner(node))
        case "source":
            _ = self.sourceNumber(
                ChangeSource(
                    type: Self.string(node["type"]),
                    id: Self.string(node["id"]),
                    label: node["label"].map { Self.string($0) },
                    userID: node["userId"]?.integer
                )
            )
        case "list": try self.restoreList(node)
        case "erased": self.erasedEmails.insert(node.scalarText ?? [])
        default: throw KeptLineProblem(line: 0, message: "\(name) is not a kind of line")
        }
    }

    private mutating func restoreRecord(_ node: JSONNode) throws {
        let type = try Self.type(node)
        guard let state = Record.State(name: Self.string(node["state"])), let createdAt = node["createdAt"]?.integer,
            let updatedAt = node["updatedAt"]?.integer
        else { throw KeptLineProblem(line: 0, message: "a record without its state or times") }
        let values = try (node["properties"]?.members ?? []).map { member in
            (property: try self.number(member.name, type), text: member.value.scalarText ?? [])
        }
        let record = Record(
            id: try Self.id(node["id"]),
            createdAt: createdAt,
            updatedAt: updatedAt,
            archivedAt: node["archivedAt"]?.integer ?? 0,
            state: state,
            source: UInt8(clamping: node["source"]?.integer ?? 0),
            values: PackedValues(values)
        )
        guard self[type].rows.last.map({ $0.id < record.id }) ?? true else {
            throw KeptLineProblem(line: 0, message: "records are not in the order of their ids")
        }
        self[type].insert(record)
        guard let history = node["history"]?.elements else { return }
        let versions = try history.map { version in
            ValueVersion(
                property: try self.number(version["property"]?.scalarText ?? [], type),
                text: version["value"]?.scalarText ?? [],
                timestamp: version["timestamp"]?.integer ?? 0,
                source: UInt8(clamping: version["source"]?.integer ?? 0)
            )
        }
        self[type].setHistory(row: self[type].rows.count - 1, versions)
    }

    private mutating func restoreAssociation(_ node: JSONNode) throws {
        guard let from = ObjectType(path: Self.string(node["fromObject"])),
            let to = ObjectType(path: Self.string(node["toObject"])), let number = node["type"]?.integer,
            let type = AssociationType.named(Int(clamping: number), from: from, to: to)
        else { throw KeptLineProblem(line: 0, message: "an association of an unknown type") }
        self.associations.add(type, from: try Self.id(node["from"]), to: try Self.id(node["to"]))
    }

    private mutating func restoreProperty(_ node: JSONNode) throws {
        guard let kept = node["definition"] else { throw KeptLineProblem(line: 0, message: "no definition") }
        var definition = try PropertyDefinition(request: kept)
        definition.createdAt = node["created"]?.integer ?? 0
        definition.isArchived = kept["archived"]?.boolean ?? false
        self[try Self.type(node)].properties.add(definition)
    }

    private func number(_ name: [UInt8], _ type: ObjectType) throws -> Int {
        guard let number = self[type].properties.numberEvenArchived(of: name) else {
            throw KeptLineProblem(line: 0, message: "\(readable(name)) is not a property")
        }
        return number
    }

    private static func owner(_ node: JSONNode) throws -> Owner {
        Owner(
            id: try Self.id(node["id"]),
            userID: node["userId"]?.integer ?? 0,
            email: Self.string(node["email"]),
            firstName: Self.string(node["firstName"]),
            lastName: Self.string(node["lastName"]),
            isArchived: node["archived"]?.boolean ?? false
        )
    }

    private static func string(_ node: JSONNode?) -> String { readable(node?.scalarText ?? []) }

    private static func type(_ node: JSONNode) throws -> ObjectType {
        guard let type = ObjectType(path: Self.string(node["object"])) else {
            throw KeptLineProblem(line: 0, message: "\(Self.string(node["object"])) is not a type of record")
        }
        return type
    }

    private static func id(_ node: JSONNode?) throws -> Int64 {
        guard let id = node?.integer else { throw KeptLineProblem(line: 0, message: "an id is missing") }
        return id
    }
}
