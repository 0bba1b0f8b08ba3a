import Connectors
import Mapping
import Planning
import Records
import Store

/// One mapping at work in one connection: what to ask the CRM for, and where each field's values are found.
struct MappingRuntime: Sendable {
    let mapping: CompiledMapping
    let planner: Planner
    let settlement: Settlement
    /// What is asked of the CRM.
    let selection: RemoteSelection
    /// The place in the selection of each field's remote property; nil for associations and computed fields.
    let slots: [Int?]
    /// The place in the selection of each remote property that the filters and expressions read.
    let readSlots: [Int]
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

    init(_ mapping: CompiledMapping, traits: RemoteTraits, schema: Schema) throws {
        guard let object = schema.object(mapping.localObject) else {
            throw SyncError(.mappingUnfit, "\(mapping.name): the schema has no object \(mapping.localObject)")
        }
        self.mapping = mapping
        self.planner = Planner(mapping)
        self.settlement = Settlement(mapping)
        var properties: [String] = []
        func slot(_ name: String) -> Int {
            if let known = properties.firstIndex(where: { $0.hasSameBytes(as: name) }) { return known }
            properties.append(name)
            return properties.count - 1
        }
        self.slots = mapping.fields.map { field in field.kind == .property ? field.remote.map { slot($0) } : nil }
        self.readSlots = mapping.remoteReads.map { slot($0) }
        self.createKey = traits.createKeys[mapping.remoteObject]
        self.createKeySlot = self.createKey.map { slot($0) }
        self.selection = RemoteSelection(properties: properties)
        self.associations = mapping.fields.indices.filter { index in
            if case .association = mapping.fields[index].kind { return true }
            return false
        }
        let codec = PropertiesCodec(object)
        self.codec = codec
        self.localPositions = mapping.fields.map { field in field.local.flatMap { codec.position(of: $0) } }
        self.matchKeys = mapping.match.map { key in
            IdentityKey(key.compactMap { mapping.fields[$0].local })
        }
    }

    /// The fields' remote values, by position, from a record as it was read and its associations.
    func fieldValues(_ record: RemoteRecord, associations: [Int: [Text]]) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(self.slots.count)
        for (index, slot) in self.slots.enumerated() {
            if let slot {
                values.append(record.values[slot])
            } else if case .association = self.mapping.fields[index].kind {
                values.append(associations[index].map { Value.set(of: $0) } ?? .absent)
            } else {
                values.append(self.mapping.computed(field: index, remote: self.reads(of: record)))
            }
        }
        return values
    }

    /// The values that filters and expressions read, in the order of the mapping's `remoteReads`.
    func reads(of record: RemoteRecord) -> [Value] { self.readSlots.map { record.values[$0] } }

    /// The fields' local values, by position, from a record's properties by schema position.
    func localValues(_ properties: [Value]) -> [Value] {
        self.localPositions.enumerated()
            .map { index, position in
                if let position { return properties[position] }
                return self.mapping.computed(field: index, local: properties)
            }
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

    /// The fields as links remember them (R9).
    var shape: Shape {
        Shape(
            mapping: self.mapping.name,
            fields: self.mapping.fields.map { field in
                Shape.Field(
                    local: field.local,
                    inputs: field.inputs,
                    remote: field.remote,
                    fingerprint: field.fingerprint
                )
            }
        )
    }

    /// The position of the field that writes a remote property.
    func position(ofRemote property: String) -> Int? {
        self.mapping.fields.firstIndex { $0.kind == .property && ($0.remote ?? "").hasSameBytes(as: property) }
    }
}
