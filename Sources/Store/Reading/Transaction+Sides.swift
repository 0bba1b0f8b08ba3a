package import Records

/// What one CRM holds of a record's property.
package struct RemoteSide: Hashable, Sendable {
    /// The remote record.
    package let key: LinkKey
    /// The CRM's property.
    package let property: String
    /// What it held when both last agreed; nil if they never did.
    package let agreed: Value?
    /// What it held when it was read last; nil if that is not known.
    package let now: Value?
}

extension Transaction {
    /// What each CRM that a record is linked to holds of a local property, by connection and remote object.
    package func remoteSides(of property: String, record: RecordID) throws -> [RemoteSide] {
        var sides: [RemoteSide] = []
        for link in try self.links(of: record) {
            let shape = try self.shape(link.shape)
            let shadow = try link.remoteShadow()
            let seen = try self.observation(link.key)
            let isSameShape = seen?.shape == link.shape
            for place in shape.fields(readingLocal: property) where place < shadow.count {
                let now = isSameShape ? seen?.values?[place] : nil
                sides.append(
                    RemoteSide(
                        key: link.key,
                        property: shape.fields[place].remote ?? property,
                        agreed: shadow[place],
                        now: now ?? shadow[place]
                    )
                )
            }
        }
        return sides
    }
}
