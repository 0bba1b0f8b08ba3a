import Records

/// A table from texts to texts; a few rows are gone through faster than they are hashed.
struct TextTable: Hashable, Sendable {
    private struct Row: Hashable, Sendable {
        let key: Text
        let value: Text
    }

    private static let few = 12

    /// How many rows there are.
    let count: Int
    private let rows: [Row]
    private let hashed: [Text: Text]

    init(_ rows: [Text: Text]) {
        self.count = rows.count
        let isFew = rows.count <= Self.few
        self.rows = isFew ? rows.sorted { $0.key < $1.key }.map { Row(key: $0.key, value: $0.value) } : []
        self.hashed = isFew ? [:] : rows
    }

    subscript(key: Text) -> Text? {
        guard self.hashed.isEmpty else { return self.hashed[key] }
        for row in self.rows where row.key == key { return row.value }
        return nil
    }
}
