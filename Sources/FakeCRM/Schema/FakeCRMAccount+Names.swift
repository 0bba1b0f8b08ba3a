extension FakeCRMAccount {
    /// The names of an object's standard properties; none for an object that it does not have.
    package func propertyNames(of object: String) -> [String] {
        ObjectType(rawValue: object).map { PropertyCatalog.standard($0).map(\.name) } ?? []
    }
}
