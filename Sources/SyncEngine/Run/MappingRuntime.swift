import Connectors
import Mapping
import Planning
import Records
import Store

/// One mapping at work in one connection: what to ask the CRM for, and where each field's values are found.
final class MappingRuntime: Sendable {
    let mapping: CompiledMapping
    let planner: Planner
    let settlement: Settlement
    /// What is asked of the CRM.
    let selection: RemoteSelection
    /// The remote property that carries our record's id, if the product has one (R4).
    let createKey: String?
    /// Its place in the selection.
    let createKeySlot: Int?
    /// The fields that are associations, by position.
    let associations: [Int]
    /// The codec of the local object's records.
    let codec: PropertiesCodec
    /// The schema position of each field's local property; nil if it has none.
    let localPositions: [Int?]
    /// The match keys in the order of the mapping.
    let matchKeys: [IdentityKey]
    /// The match keys that are one property which the CRM keeps unique, by their place.
    let uniqueKeys: Set<Int>
    /// The fields whose values only climb: stages and consents.
    let lattices: [Int]
    /// The stages that the CRM lets climb only (R5).
    let forwardOnly: Set<Int>
    /// Whether a field of the CRM is made from the whole of our record.
    let pushesComputed: Bool
    /// The fields whose `default` is made from the record, not a constant.
    let recordDefaults: [Int]
    /// The fields as links remember them (R9).
    let shape: Shape
    /// Where each field's remote value comes from.
    private let sources: [Source]
    /// The mapping's match keys as places of values.
    private let matchPlaces: [[Int?]]

    private enum Source {
        case slot(Int)
        /// A part of one of the mapping's joint texts, both by their places.
        case part(of: Int, Int)
        case association(Int)
        case computed(Int)
    }

    init(_ mapping: CompiledMapping, traits: RemoteTraits, schema: Schema) throws {
        guard let object = schema.object(mapping.localObject) else {
            throw SyncError(.mappingUnfit, "\(mapping.name): the schema has no object \(mapping.localObject)")
        }
        self.mapping = mapping
        self.planner = Planner(mapping)
        let forms = traits.storedForms[mapping.remoteObject] ?? StoredForms()
        self.settlement = Settlement(mapping) { forms.stored($1, in: $0) }
        let createKey = Breakage.noCreateKey.isOn ? nil : traits.createKeys[mapping.remoteObject]
        let known = createKey.flatMap { key in mapping.remoteProperties.firstIndex { $0.hasSameBytes(as: key) } }
        self.createKey = createKey
        self.createKeySlot = createKey.map { _ in known ?? mapping.remoteProperties.count }
        let extra = known == nil ? [createKey].compactMap { $0 } : []
        self.selection = RemoteSelection(properties: mapping.remoteProperties + extra)
        self.associations = mapping.fields.indices.filter { index in
            if case .association = mapping.fields[index].kind { return true }
            return false
        }
        self.lattices = mapping.fields.indices.filter { index in
            [.furthest, .mostRestrictive].contains(mapping.fields[index].onConflict)
        }
        self.pushesComputed = mapping.fields.contains { $0.local == nil && $0.direction == .push }
        let unique = traits.uniqueProperties[mapping.remoteObject] ?? []
        self.uniqueKeys = Set(
            mapping.match.indices.filter { place in
                guard mapping.match[place].count == 1, let name = mapping.fields[mapping.match[place][0]].remote else {
                    return false
                }
                return unique.contains { $0.hasSameBytes(as: name) }
            }
        )
        let climbing = traits.forwardOnly[mapping.remoteObject] ?? []
        self.forwardOnly = Set(
            mapping.fields.indices.filter { index in
                let remote = mapping.fields[index].remote ?? ""
                return mapping.fields[index].kind == .property && climbing.contains { $0.hasSameBytes(as: remote) }
            }
        )
        self.recordDefaults = mapping.fields.indices.filter { index in
            mapping.fields[index].newValue != nil && mapping.fields[index].rules.placeholder == nil
        }
        self.shape = Self.shape(of: mapping)
        let codec = PropertiesCodec(object)
        self.codec = codec
        self.localPositions = mapping.fields.map { field in field.local.flatMap { codec.position(of: $0) } }
        self.matchPlaces = mapping.match.map { key in key.map { $0 } }
        self.sources = mapping.fields.indices.map { index in
            let field = mapping.fields[index]
            if let slot = mapping.remoteSlots[index], field.expression == nil || field.local == nil {
                let joint = mapping.joints.firstIndex { $0.members.contains(index) }
                let part = joint.flatMap { mapping.joints[$0].members.firstIndex(of: index) }
                if let joint, let part { return .part(of: joint, part) }
                return .slot(slot)
            }
            if case .association = field.kind { return .association(index) }
            return .computed(index)
        }
        self.matchKeys = IdentityKey.matching([mapping])[mapping.localObject] ?? []
    }

    /// The fields' remote values, by position, from a record as it was read and its associations.
    ///
    /// A field that is computed from the whole remote record holds what the expression makes of it.
    func fieldValues(_ record: RemoteRecord, associations: [Int: [Text]]) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(self.sources.count)
        for source in self.sources {
            switch source {
            case .slot(let slot): values.append(record.values[slot])
            case .part(let place, let part):
                let joint = self.mapping.joints[place]
                values.append(joint.part(part, of: record.values[joint.slot]))
            case .association(let index): values.append(associations[index].map { Value.set(of: $0) } ?? .absent)
            case .computed(let index):
                if case .value(let value) = self.mapping.computedLocal(index, remote: record.values) {
                    values.append(value)
                } else {
                    values.append(.absent)
                }
            }
        }
        return values
    }

    /// What the fields that are computed from the remote record come to be once it holds these values, by field.
    func computedFields(whenSent values: [Int: Value]) -> [Int: Value] {
        let fields = self.mapping.fields.indices.map { values[$0] ?? .absent }
        let remote = self.mapping.remoteRecord(fields: fields)
        var result: [Int: Value] = [:]
        for case .computed(let index) in self.sources where self.mapping.fields[index].local != nil {
            if case .value(let value) = self.mapping.computedLocal(index, remote: remote) { result[index] = value }
        }
        return result
    }

    /// Whether any field refers to other records.
    var hasReferences: Bool {
        !self.associations.isEmpty
            || self.mapping.fields.contains { field in
                if case .reference = field.type { return true }
                return false
            }
    }

    /// Whether the pull filter lets a record in.
    func takesIn(_ record: RemoteRecord) -> Bool { self.mapping.takesIn(remote: record.values) }

    /// The fields' local values, by position, from a record's properties by schema position.
    func localValues(_ properties: [Value]) -> [Value] {
        self.localPositions.enumerated()
            .map { index, position in
                if let position { return properties[position] }
                guard case .value(let value) = self.mapping.computedRemote(index, local: properties) else {
                    return .absent
                }
                return value
            }
    }

    /// The canonical bytes of a match key of the mapping, from the fields' local values; nil if a part is blank, has no
    /// counterpart, or is the address of a role (R7).
    func matchCanon(_ key: Int, locals: [Value]) -> [UInt8]? {
        var bytes: [UInt8] = []
        return self.appendMatchCanon(key, locals: locals, to: &bytes) ? bytes : nil
    }

    /// The bytes of a match key by which two records of ours cannot both be made in the CRM.
    ///
    /// What the CRM keeps unique can be there once, be it the address of a role or not.
    func creationCanon(_ key: Int, locals: [Value]) -> [UInt8]? {
        self.uniqueKeys.contains(key)
            ? IdentityKey.canon(of: self.mapping.match[key].map { locals[$0] }) : self.matchCanon(key, locals: locals)
    }

    /// Appends what `matchCanon` gives; false, with nothing appended, where that is nil.
    func appendMatchCanon(_ key: Int, locals: [Value], to bytes: inout [UInt8]) -> Bool {
        for case let place? in self.matchPlaces[key]
        where !Breakage.roleAddressIsKey.isOn
            && RoleAddress.isRole(locals[place], allowing: self.mapping.allowedRoleAddresses)
        { return false }
        return IdentityKey.append(locals, at: self.matchPlaces[key], to: &bytes)
    }

    /// The record that a remote record names by its create key.
    func recordNamed(by record: RemoteRecord) -> RecordID? {
        guard let slot = self.createKeySlot, case .text(let text) = record.values[slot] else { return nil }
        return RecordID(text.string)
    }

    /// The position of a field by the name under which conflicts and holds know it.
    func position(named name: String) -> Int? {
        self.mapping.fields.firstIndex { $0.name.hasSameBytes(as: name) }
    }

    private static func shape(of mapping: CompiledMapping) -> Shape {
        Shape(
            mapping: mapping.name,
            fields: mapping.fields.map { field in
                Shape.Field(
                    local: field.local,
                    inputs: field.inputs,
                    remote: field.remote,
                    fingerprint: field.fingerprint
                )
            }
        )
    }

    /// Whether a field is written as a property: one with a value of its own, or one that is made from our record.
    func isProperty(_ position: Int) -> Bool {
        let field = self.mapping.fields[position]
        return switch field.kind {
        case .property: true
        case .computed: field.local == nil
        case .association: false
        }
    }
}
