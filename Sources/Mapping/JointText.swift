package import Records

/// What a field holds of a remote text that it shares with other fields.
package struct FieldPart: Sendable {
    /// How the text is made of parts.
    let form: TextParts
    /// Which part the field is, from 0.
    let index: Int
    /// The transforms between the CRM's text and the split one.
    package let before: LensChain
}

/// A remote text of which several fields hold a part each, every one of them both ways: the lens between a text and its
/// parts.
///
/// Each field's remote value is its own part, so that shadows, changes and conflicts are those of the part; only on the way
/// to the CRM are they one text again. A text outside the domain is held by every field as a set of that one text, which no
/// part can be.
package struct JointText: Sendable {
    /// The remote property.
    package let remote: String
    /// Its place in `CompiledMapping.remoteProperties`.
    package let slot: Int
    /// The fields in the order of the parts, by position.
    package let members: [Int]
    let form: TextParts
    let before: LensChain

    /// The text of the parts that `fields` share with the field at `position`; nil if it shares none.
    fileprivate init?(of position: Int, in fields: [MappingField], slots: [Int?]) {
        guard let part = fields[position].part, let remote = fields[position].remote, let slot = slots[position] else {
            return nil
        }
        self.remote = remote
        self.slot = slot
        self.form = part.form
        self.before = part.before
        self.members = fields.indices.filter { fields[$0].part != nil && slots[$0] == slot }
            .sorted { (fields[$0].part?.index ?? 0) < (fields[$1].part?.index ?? 0) }
    }

    /// What each field holds of a text, in the order of the parts.
    package func parts(of whole: Value) -> [Value] {
        if whole.isBlank { return self.members.map { _ in whole } }
        let read = self.before.toLocal(whole, previous: .absent, in: EmptyLensContext())
        guard case .value(let text) = read, let parts = self.form.parts(of: text) else {
            return self.members.map { _ in Value.set([whole.text ?? Text(whole.description)]) }
        }
        return parts.map { $0.map { .text($0) } ?? .null }
    }

    /// What one field holds of a text.
    package func part(_ index: Int, of whole: Value) -> Value { self.parts(of: whole)[index] }

    /// The text of these parts; nil if they are not those of one text.
    package func whole(_ parts: [Value]) -> Value? {
        if parts.allSatisfy(\.isBlank) { return parts.contains(.null) ? .null : parts.first }
        if case .set(let elements) = parts[0] {
            return parts.allSatisfy { $0 == parts[0] } ? elements.first.map { .text($0) } : nil
        }
        var texts: [Text?] = []
        for part in parts {
            switch part {
            case .text(let text) where !text.isEmpty: texts.append(text)
            case .absent, .null, .text: texts.append(nil)
            default: return nil
            }
        }
        guard let joined = self.form.join(texts),
            case .value(let whole) = self.before.toRemote(.text(joined), previous: .absent, in: EmptyLensContext())
        else { return nil }
        let read = self.parts(of: whole)
        return zip(read, parts).allSatisfy { $0 == $1 || ($0.isBlank && $1.isBlank) } ? whole : nil
    }

    /// Why the text of a part cannot be made; `isCleared` if the part is to be blank.
    package func complaint(isCleared: Bool) -> String {
        isCleared
            ? "one part of \(self.remote) cannot be cleared by itself"
            : "\(self.remote) is made of \(self.form.count) parts, and not all of them are there"
    }
}

extension CompiledMapping {
    /// The texts that several fields share, in the order of their first fields.
    static func joints(of fields: [MappingField], slots: [Int?]) -> [JointText] {
        var joints: [JointText] = []
        for position in fields.indices where fields[position].part != nil {
            guard !joints.contains(where: { $0.members.contains(position) }) else { continue }
            if let joint = JointText(of: position, in: fields, slots: slots) { joints.append(joint) }
        }
        return joints
    }

    /// The text that a field holds a part of, and which; nil for most fields.
    package func joint(of position: Int) -> (joint: JointText, part: Int)? {
        for joint in self.joints {
            if let part = joint.members.firstIndex(of: position) { return (joint, part) }
        }
        return nil
    }

    /// What a field holds of a remote record; `remote` has the values of `remoteProperties`, in that order.
    ///
    /// `.absent` for associations and for what is computed from the whole record.
    package func remoteValue(_ position: Int, in remote: [Value]) -> Value {
        guard let slot = self.remoteSlots[position] else { return .absent }
        guard let (joint, part) = self.joint(of: position) else { return remote[slot] }
        return joint.part(part, of: remote[slot])
    }
}
