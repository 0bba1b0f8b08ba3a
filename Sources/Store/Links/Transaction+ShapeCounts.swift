extension Transaction {
    /// How many links of a connection's remote object each shape covers, the newest shape first.
    ///
    /// Reads every link of the object once.
    package func countLinksByShape(
        _ connection: ConnectionNumber,
        _ object: ObjectNumber
    ) throws -> [(shape: ShapeNumber, links: Int)] {
        let sql: StaticString = """
            SELECT shape, count(*) FROM link WHERE connection = ?1 AND object = ?2 GROUP BY shape ORDER BY shape DESC
            """
        return try self.all(sql, connection, object) { ($0.number(0) as ShapeNumber, $0.count(1)) }
    }
}
