/// What associating does to the records.
extension AccountState {
    /// Associates two records.
    ///
    /// The first company of a contact or deal becomes its primary one, and a labelled association also is an unlabelled
    /// one, as in the product.
    mutating func associate(_ type: AssociationType, from: Int64, to: Int64, source: UInt8? = nil) {
        self.associations.add(type, from: from, to: to)
        self.keep(.association, type.from, from, type.to.rawValue, new: Array(String(to).utf8), source: source)
        if type.label != nil, let plain = AssociationType.unlabelled(from: type.from, to: type.to) {
            self.associations.add(plain, from: from, to: to)
        }
        let isForward = type.to == .companies
        let (side, id, company) = isForward ? (type.from, from, to) : (type.to, to, from)
        if type.from == .companies || type.to == .companies, side == .contacts || side == .deals,
            let primary = AssociationType.primary(from: side, to: .companies),
            !self.associations.links(from: side, id, to: .companies).contains(where: { $0.type == primary.id })
        {
            self.associations.add(primary, from: id, to: company)
        }
        self.noteAssociation(type.from, from, type.to, to)
    }

    /// Takes all associations between two records away; false when there were none.
    @discardableResult
    mutating func dissociate(
        _ from: ObjectType,
        _ fromID: Int64,
        _ to: ObjectType,
        _ toID: Int64,
        source: UInt8? = nil
    ) -> Bool {
        guard self.associations.removeAll(from: from, fromID, to: to, toID) else { return false }
        self.keep(.association, from, fromID, to.rawValue, old: Array(String(toID).utf8), source: source)
        self.noteAssociation(from, fromID, to, toID)
        return true
    }

    /// Keeps a contact's `associatedcompanyid` right, and by habit moves the modification times.
    mutating func noteAssociation(_ from: ObjectType, _ fromID: Int64, _ to: ObjectType, _ toID: Int64) {
        for (type, id) in [(from, fromID), (to, toID)] {
            guard let row = self[type].row(of: id) else { continue }
            if type == .contacts, let property = self[type].properties.number(of: "associatedcompanyid") {
                let primary = self.associations.links(from: .contacts, id, to: .companies).first { $0.type == 1 }
                let text = primary.map { Array(String($0.to).utf8) } ?? []
                if self[type].rows[row].values[property] ?? [] != text {
                    self[type].modify(row: row) { $0.values.set(property, text) }
                }
            }
            guard self.habits.associationsTouchRecords else { continue }
            let before = self[type].rows[row]
            let time = self.stamp()
            self[type].modify(row: row) { $0.updatedAt = time }
            self.noteForIndex(type, row: row, before: before, time: time)
        }
    }

    /// The association types a body lists; throws 400 for one that does not exist between the two types.
    func types(_ node: JSONNode, from: ObjectType, to: ObjectType) throws -> [AssociationType] {
        guard let elements = node.elements, !elements.isEmpty else {
            throw APIError.wrongShape("expected an array of association types")
        }
        return try elements.map { element in
            guard let id = element["associationTypeId"]?.integer,
                let category = element["associationCategory"]?.scalarText.map({ readable($0) })
            else { throw APIError.wrongShape("associationCategory and associationTypeId are required") }
            guard ["HUBSPOT_DEFINED", "USER_DEFINED", "INTEGRATOR_DEFINED", "WORK"].contains(category) else {
                throw APIError.wrongShape("\(category) is not a known associationCategory")
            }
            let type =
                category == "HUBSPOT_DEFINED" ? AssociationType.named(Int(clamping: id), from: from, to: to) : nil
            guard let type else {
                throw APIError.validation(
                    "One or more association types are not valid: \(category)-\(id) from \(from.typeID) to \(to.typeID)"
                )
            }
            return type
        }
    }

    /// The associations that a create asks for; throws 400 or 404 when one cannot be.
    func checkedAssociations(
        _ type: ObjectType,
        _ node: JSONNode?
    ) throws -> [(type: AssociationType, to: Int64)] {
        guard let node, !node.isNull else { return [] }
        guard let elements = node.elements else { throw APIError.wrongShape("associations must be an array") }
        return try elements.flatMap { element -> [(type: AssociationType, to: Int64)] in
            let id = try Self.text(element["to"]?["id"], "associations.to.id")
            guard let specs = element["types"] else { throw APIError.wrongShape("associations.types is required") }
            let number = specs.elements?.first?["associationTypeId"]?.integer
            let other = AssociationType.all.first { Int64($0.id) == number && $0.from == type }?.to
            guard let other else { throw APIError.validation("One or more association types are not valid") }
            let target = try self.liveID(other, id)
            return try self.types(specs, from: type, to: other).map { ($0, target) }
        }
    }
}
