import Records

extension ConnectorManifest {
    /// The objects that records of an object can be tied to, with the CRM's names of the ties, in the order of the file.
    package func ties(from object: String) -> [(remoteObject: String, label: String?)] {
        self.associations.filter { $0.from.hasSameBytes(as: object) }.map { ($0.to, $0.label) }
    }

    /// The lists and campaigns that records can be put on.
    package var listTraits: [RemoteListTraits] { self.lists.map(\.traits) }

    /// The activities that can be written.
    package var activityTraits: [RemoteActivityTraits] { self.activities.map(\.traits) }

    /// The properties of an object whose values mean something only beside another one's, as a stage in its pipeline.
    package func pairs(of object: String) -> [(property: String, within: String)] {
        self.pipelines.filter { $0.object.hasSameBytes(as: object) }.compactMap { rule in
            rule.within.map { (rule.property, $0.property) }
        }
    }

    /// The properties of an object that hold ids, and are read and written as what people call these things.
    package func codedProperties(of object: String) -> Set<String> {
        Set((self.object(object)?.properties ?? [:]).filter { $0.value.codes != nil }.map(\.key))
    }
}
