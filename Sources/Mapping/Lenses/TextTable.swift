import Records

/// A table from texts to texts; a few rows are gone through faster than they are hashed.
struct TextTable: Sendable {
    private static let few = 12

    /// How many rows there are.
    let count: Int
    private let rows: [(key: Text, value: Text)]
    private let hashed: [Text: Text]

    init(_ rows: [Text: Text]) {
        self.count = rows.count
        let isFew = rows.count <= Self.few
        self.rows = isFew ? rows.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } : []
        self.hashed = isFew ? [:] : rows
    }

    subscript(key: Text) -> Text? {
        guard self.hashed.isEmpty else { return self.hashed[key] }
        for row in self.rows where row.key == key { return row.value }
        return nil
    }
}
