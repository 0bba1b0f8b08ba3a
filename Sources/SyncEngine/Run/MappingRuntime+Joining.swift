import Connectors
import Mapping
import Planning
import Records

/// Remote properties that several fields share, where fields become properties and back.
extension MappingRuntime {
    /// The text that several fields share, by its remote property.
    private func joint(ofRemote property: String) -> JointText? {
        self.mapping.joints.first { $0.remote.hasSameBytes(as: property) }
    }

    /// The positions of the fields that hold a remote property.
    func positions(ofRemote property: String) -> [Int] {
        self.joint(ofRemote: property)?.members ?? self.holders(ofRemote: property)
    }

    /// The position of the field that holds a remote property; nil if several share it.
    ///
    /// Of one that is taken in by one field and written by another it is the former.
    func position(ofRemote property: String) -> Int? {
        let holders = self.holders(ofRemote: property)
        return holders.first { self.mapping.fields[$0].kind == .property } ?? holders.first
    }

    /// The fields that hold a remote property as a whole: one may take in what another one writes.
    private func holders(ofRemote property: String) -> [Int] {
        self.mapping.fields.indices.filter { position in
            let field = self.mapping.fields[position]
            return self.isProperty(position) && field.part == nil && (field.remote ?? "").hasSameBytes(as: property)
        }
    }

    /// What the fields hold of a remote property that an answer mentions.
    func fieldValues(ofRemote property: String, _ value: Value) -> [(field: Int, value: Value)] {
        if let joint = self.joint(ofRemote: property) { return Array(zip(joint.members, joint.parts(of: value))) }
        return self.holders(ofRemote: property).map { ($0, value) }
    }

    /// The properties that writes are sent as; `carried` are the parts that go along with them.
    ///
    /// `clears` says which fields are to be blank for a moment before they get their value.
    func properties(
        _ writes: [FieldWrite],
        carried: [FieldWrite] = [],
        clears: (FieldWrite) -> Bool = { _ in false }
    ) -> [RemotePropertyWrite] {
        var properties: [RemotePropertyWrite] = []
        var sent: Set<Int> = []
        for write in writes {
            guard let name = self.mapping.fields[write.field].remote else { continue }
            guard let (joint, _) = self.mapping.joint(of: write.field) else {
                properties.append(RemotePropertyWrite(name: name, value: write.new, clearsFirst: clears(write)))
                continue
            }
            let parts = joint.members.map { member in
                (writes + carried).first { $0.field == member }?.new ?? .absent
            }
            guard sent.insert(joint.slot).inserted, let whole = joint.whole(parts) else { continue }
            properties.append(RemotePropertyWrite(name: name, value: whole))
        }
        return properties
    }
}
