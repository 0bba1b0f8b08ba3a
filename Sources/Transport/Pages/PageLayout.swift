/// Where things are in one kind of answer: the records, and in each record its id, version and properties.
///
/// HubSpot's contact list, for example:
///
///     PageLayout(records: "results", id: "id", version: "updatedAt",
///                properties: names.map { JSONPath(keys: ["properties", $0]) },
///                extras: ["archived"], outer: ["paging.next.after"])
package struct PageLayout: Sendable {
    /// What stands at the records' path.
    package enum Shape: Sendable {
        /// An array of records.
        case list
        /// One record, as when reading by id.
        case one
    }

    /// Where the records are; no keys means that the document itself is the list or the record.
    package var records: JSONPath
    /// Whether that is a list or a single record.
    package var shape: Shape
    /// Whether an answer without anything at that path is a page without records, rather than no page at all.
    package var recordsMayBeAbsent: Bool
    /// The record's id, inside the record.
    package var id: JSONPath
    /// What changes with every edit of the record; `nil` when the API gives no such thing.
    package var version: JSONPath?
    /// The properties in the order of their slots, inside the record.
    package var properties: [JSONPath]
    /// Whatever else is wanted of each record, inside the record.
    package var extras: [JSONPath]
    /// What is wanted from outside the records, such as the next cursor, a total or a list of errors.
    package var outer: [JSONPath]

    /// Describes an answer; `PageParser` checks the description.
    package init(
        records: JSONPath,
        shape: Shape = .list,
        recordsMayBeAbsent: Bool = false,
        id: JSONPath,
        version: JSONPath? = nil,
        properties: [JSONPath] = [],
        extras: [JSONPath] = [],
        outer: [JSONPath] = []
    ) {
        self.records = records
        self.shape = shape
        self.recordsMayBeAbsent = recordsMayBeAbsent
        self.id = id
        self.version = version
        self.properties = properties
        self.extras = extras
        self.outer = outer
    }
}

/// Why a description of a page cannot be followed.
package struct PageLayoutError: Error, Equatable {
    /// What is wrong, in words for the manifest's author.
    package let message: String
}

extension PageLayout {
    /// A row of slices holds id, version, properties and extras, in this order.
    enum Row {
        static let id = 0
        static let version = 1
        static let properties = 2
    }

    /// The number of slices of one record.
    var width: Int { Row.properties + properties.count + extras.count }

    /// The paths into a record with their slices' places.
    var recordPaths: [(path: JSONPath, slot: Int)] {
        var paths = [(path: id, slot: Row.id)]
        if let version { paths.append((path: version, slot: Row.version)) }
        for (place, path) in (properties + extras).enumerated() {
            paths.append((path: path, slot: Row.properties + place))
        }
        return paths
    }

    /// Throws for paths that one pass over a page cannot follow.
    func check() throws(PageLayoutError) {
        guard records.each == nil else { throw PageLayoutError(message: "the records' path goes through an array") }
        guard id.each == nil, version?.each == nil else {
            throw PageLayoutError(message: "the path of the id or version goes through an array")
        }
        guard !records.keys.isEmpty || outer.isEmpty else {
            throw PageLayoutError(message: "there is nothing outside the records when the document is the records")
        }
        try Self.checkTogether(recordPaths.map(\.path))
        for path in outer where path.leads(to: records) || records.leads(to: path) {
            throw PageLayoutError(message: "\(path.keys.joined(separator: ".")) overlaps with the records")
        }
        try Self.checkTogether(outer)
    }

    /// A value is either taken whole or entered, never both; an array is gone through once.
    private static func checkTogether(_ paths: [JSONPath]) throws(PageLayoutError) {
        var ends: Set<JSONPath> = []
        for path in paths {
            guard !path.keys.isEmpty else { throw PageLayoutError(message: "an empty path") }
            let end = JSONPath(keys: Array(path.keys.prefix(path.each ?? path.keys.count)))
            if path.each != nil, ends.contains(end) { throw twice(end) }
            ends.insert(end)
        }
        for path in paths {
            let entered = path.each ?? path.keys.count
            for length in 1..<max(entered, 1) where ends.contains(JSONPath(keys: Array(path.keys.prefix(length)))) {
                throw twice(JSONPath(keys: Array(path.keys.prefix(length))))
            }
        }
        let gathered = Set(paths.compactMap { path in path.each.map { Array(path.keys.prefix($0)) } })
        for path in paths where path.each == nil && gathered.contains(path.keys) {
            throw twice(path)
        }
    }

    private static func twice(_ path: JSONPath) -> PageLayoutError {
        PageLayoutError(message: "\(path.keys.joined(separator: ".")) is wanted both whole and in parts")
    }
}
