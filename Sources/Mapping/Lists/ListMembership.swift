import CEL
package import Records

/// A list, or campaign, of the CRM on which the members of a segment of ours are to be.
package struct ListMembership: Sendable {
    /// What it is in the CRM.
    package enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A list with members of its own.
        case list
        /// A campaign with members.
        case campaign
    }

    /// What it is.
    package let kind: Kind
    /// What people call it, or the CRM's id of it.
    package let list: Text
    /// Whether `list` is the id.
    package let isID: Bool
    /// The segment.
    package let segment: String
    /// A hash of what the segment means.
    package let hash: String
    /// Where it stands in its file.
    package let location: SourceLocation
    private let condition: CELProgram
    private let types: PropertyTypes

    init(
        kind: Kind,
        list: Text,
        isID: Bool,
        segment: String,
        condition: CELProgram,
        source: String,
        object: ObjectSchema,
        lifecycle: Lifecycle,
        location: SourceLocation
    ) {
        self.kind = kind
        self.list = list
        self.isID = isID
        self.segment = segment
        self.hash = Fingerprint.of([segment, source])
        self.condition = condition
        self.types = PropertyTypes(of: object, lifecycle: lifecycle)
        self.location = location
    }

    /// Whether a record is in the segment, by its values in the order of its schema; who cannot be told is not.
    package func holds(_ local: [Value]) -> Bool {
        ((try? self.condition.matches(LocalActivation(local, types: self.types))) ?? nil) ?? false
    }

    /// What the store and messages call it, such as `list Warm leads`.
    package var name: String { "\(self.kind.rawValue) \(self.list.string)" }
}
