/// A search as its body states it, checked against the limits of the product's guide.
struct SearchQuery {
    /// One condition on a property.
    struct Filter {
        var property: Int
        var definition: PropertyDefinition
        var condition: Condition
    }

    /// What a value must satisfy.
    enum Condition {
        case equal([UInt8])
        case notEqual([UInt8])
        case less(SearchValue)
        case lessOrEqual(SearchValue)
        case greater(SearchValue)
        case greaterOrEqual(SearchValue)
        case between(SearchValue, SearchValue)
        case isIn([[UInt8]])
        case isNotIn([[UInt8]])
        case isSet
        case isNotSet
        case hasToken([UInt8])
        case hasNotToken([UInt8])
    }

    /// By what the results are ordered.
    struct Sort {
        var property: Int
        var isDescending: Bool
    }

    /// Alternatives, each with conditions that all must hold; none means everything.
    var groups: [[Filter]] = []
    /// Words that must occur in the searchable properties.
    var words: [[UInt8]] = []
    var sort: Sort?
    var limit = 10
    var after = 0
    var properties: [[UInt8]]?

    /// How many results of one query can be reached.
    static let reachable = 10_000

    /// Reads a search body; throws 400 for everything that the product refuses.
    init(_ body: JSONNode, table: ObjectTable) throws {
        let groups = try Self.array(body["filterGroups"], "filterGroups")
        guard groups.count <= 5 else { throw APIError.validation("A maximum of 5 filter groups is allowed") }
        for group in groups {
            let filters = try Self.array(group["filters"], "filters")
            guard filters.count <= 6 else { throw APIError.validation("A maximum of 6 filters per group is allowed") }
            self.groups.append(try filters.map { try Self.filter($0, table) })
        }
        guard self.groups.reduce(0, { $0 + $1.count }) <= 18 else {
            throw APIError.validation("A maximum of 18 filters is allowed")
        }
        if let query = body["query"]?.scalarText {
            guard readable(query).count <= 3_000 else {
                throw APIError.validation("query must not be longer than 3000 characters")
            }
            self.words = lowercased(query).split(separator: UInt8(ascii: " ")).map { Array($0) }
        }
        let sorts = try Self.array(body["sorts"], "sorts")
        guard sorts.count <= 1 else { throw APIError.validation("Only one sort is allowed") }
        self.sort = try sorts.first.map { try Self.sort($0, table) }
        self.limit = try Self.number(body["limit"], "limit", default: 10, in: 1...200)
        self.after = try Self.number(body["after"], "after", default: 0, in: 0...Int.max)
        guard self.after + self.limit <= Self.reachable else {
            throw APIError.validation("The search endpoints are limited to 10,000 total results for any given query")
        }
        let names = try AccountState.names(body["properties"])
        self.properties = names.isEmpty ? nil : names
    }

    private static func array(_ node: JSONNode?, _ name: String) throws -> [JSONNode] {
        guard let node, !node.isNull else { return [] }
        guard let elements = node.elements else { throw APIError.wrongShape("\(name) must be an array") }
        return elements
    }

    private static func number(
        _ node: JSONNode?,
        _ name: String,
        default fallback: Int,
        in range: ClosedRange<Int>
    ) throws -> Int {
        guard let node, !node.isNull else { return fallback }
        if case .string(let text) = node, text.isEmpty { return fallback }
        guard let number = node.integer, range.contains(Int(clamping: number)), number < 1 << 40 else {
            throw APIError.validation("Invalid \(name)")
        }
        return Int(number)
    }

    private static func sort(_ node: JSONNode, _ table: ObjectTable) throws -> Sort {
        if case .string(let text) = node {
            let isDescending = text.first == UInt8(ascii: "-")
            return Sort(
                property: try property(isDescending ? Array(text[1...]) : text, table),
                isDescending: isDescending
            )
        }
        guard let name = node["propertyName"]?.scalarText else {
            throw APIError.wrongShape("sort without propertyName")
        }
        switch node["direction"]?.scalarText.map({ readable($0) }) {
        case nil, "ASCENDING": return Sort(property: try property(name, table), isDescending: false)
        case "DESCENDING": return Sort(property: try property(name, table), isDescending: true)
        default: throw APIError.validation("Invalid sort direction")
        }
    }

    private static func property(_ name: [UInt8], _ table: ObjectTable) throws -> Int {
        guard let number = table.properties.number(of: name) else {
            throw APIError.validation("Property \"\(readable(name))\" does not exist")
        }
        return number
    }

    private static func filter(_ node: JSONNode, _ table: ObjectTable) throws -> Filter {
        guard let name = node["propertyName"]?.scalarText, let word = node["operator"]?.scalarText else {
            throw APIError.wrongShape("a filter needs propertyName and operator")
        }
        let number = try property(name, table)
        let definition = table.properties[number]
        let operands = Operands(node: node, definition: definition, name: readable(name), word: readable(word))
        return Filter(property: number, definition: definition, condition: try operands.condition())
    }
}

/// Reads what a filter compares with.
private struct Operands {
    var node: JSONNode
    var definition: PropertyDefinition
    var name: String
    var word: String

    func condition() throws -> SearchQuery.Condition {
        switch self.word {
        case "EQ": return .equal(try self.text("value"))
        case "NEQ": return .notEqual(try self.text("value"))
        case "LT": return .less(try self.ordered("value"))
        case "LTE": return .lessOrEqual(try self.ordered("value"))
        case "GT": return .greater(try self.ordered("value"))
        case "GTE": return .greaterOrEqual(try self.ordered("value"))
        case "BETWEEN": return .between(try self.ordered("value"), try self.ordered("highValue"))
        case "IN": return .isIn(try self.list())
        case "NOT_IN": return .isNotIn(try self.list())
        case "HAS_PROPERTY", "NOT_HAS_PROPERTY":
            guard self.node["value"] == nil || self.node["value"]?.isNull == true else {
                throw APIError.validation("operator \(self.word) does not take a value")
            }
            return self.word == "HAS_PROPERTY" ? .isSet : .isNotSet
        case "CONTAINS_TOKEN": return .hasToken(lowercased(try self.text("value")))
        case "NOT_CONTAINS_TOKEN": return .hasNotToken(lowercased(try self.text("value")))
        default: throw APIError.wrongShape("\(self.word) is not a known operator")
        }
    }

    private func text(_ key: String) throws -> [UInt8] {
        guard let text = self.node[key]?.scalarText, !text.isEmpty else {
            throw APIError.validation("operator \(self.word) requires a \(key) for property \(self.name)")
        }
        _ = try SearchValue(operand: text, self.definition)
        return text
    }

    private func ordered(_ key: String) throws -> SearchValue {
        try SearchValue(operand: self.text(key), self.definition)
    }

    /// The values of IN, which for texts must be in lower case to match, as the guide says.
    private func list() throws -> [[UInt8]] {
        let values = try AccountState.names(self.node["values"])
        guard !values.isEmpty else {
            throw APIError.validation("operator \(self.word) requires values for property \(self.name)")
        }
        guard values.count <= 100 else { throw APIError.validation("operator IN takes at most 100 values") }
        for value in values { _ = try SearchValue(operand: value, self.definition) }
        return values
    }
}
