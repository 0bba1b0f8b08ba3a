import Records

/// The codecs of the schema's objects.
struct Codecs: Sendable {
    private let byName: [Text: PropertiesCodec]
    /// The schema.
    let schema: Schema

    init(_ schema: Schema) {
        self.schema = schema
        let pairs = schema.objects.map { (Text($0.name), PropertiesCodec($0)) }
        self.byName = Dictionary(pairs) { first, _ in first }
    }

    /// The codec of an object; one that knows no property if the schema has no such object any more.
    subscript(name: Text) -> PropertiesCodec {
        self.byName[name] ?? PropertiesCodec(ObjectSchema(name: name.string, properties: []))
    }
}
