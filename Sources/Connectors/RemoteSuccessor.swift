package import Records

/// The record of another object that took a record's place, as when a lead was converted to a contact (R17).
package struct RemoteSuccessor: Hashable, Sendable {
    /// The remote object that it is in.
    package let object: String
    /// The CRM's id.
    package let id: Text

    /// Creates a successor.
    package init(object: String, id: Text) {
        self.object = object
        self.id = id
    }
}
