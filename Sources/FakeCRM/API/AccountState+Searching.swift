/// `POST /crm/v3/objects/{type}/search`: what the index knows, which is late.
extension AccountState {
    /// Answers a search.
    mutating func search(_ type: ObjectType, _ call: Call) throws -> Answer {
        let query = try SearchQuery(call.object(), table: self[type])
        self[type].lag.catchUp(to: self.now)
        self[type].changes.settle()
        let found = self.found(by: query, type)
        let page = found.dropFirst(query.after).prefix(min(query.limit, self.habits.largestPage ?? query.limit))
        let (plan, known) = self.plan(type, requested: query.properties)
        var renderer = known
        var json = JSONWriter(capacity: page.count * (200 + plan.properties.count * 40) + 256)
        json.beginObject()
        json.key("total")
        json.number(found.count)
        json.key("results")
        json.beginArray()
        for row in page {
            guard let record = self.indexed(type, row: row) else { continue }
            json.beginObject()
            renderer.write(record, to: &json)
            json.endObject()
        }
        json.endArray()
        if query.after + page.count < found.count {
            json.key("paging")
            json.beginObject()
            json.key("next")
            json.beginObject()
            json.key("after")
            json.string(String(query.after + page.count))
            json.endObject()
            json.endObject()
        }
        json.endObject()
        return Answer(status: 200, body: json.bytes)
    }

    /// What the index knows of a row; nil when it does not know the record yet.
    private func indexed(_ type: ObjectType, row: Int) -> Record? {
        self[type].lag.isBehind(row: row) ? self[type].lag.indexed(row: row) : self[type].rows[row]
    }

    /// The rows of all results in their order.
    private func found(by query: SearchQuery, _ type: ObjectType) -> [Int] {
        let table = self[type]
        let rows = self.candidates(for: query, table).filter { row in
            guard let record = self.indexed(type, row: row) else { return false }
            return query.matches(record, table)
        }
        guard let sort = query.sort else { return rows }
        let definition = table.properties[sort.property]
        let keyed = rows.map { row in
            (row, self.indexed(type, row: row).flatMap { SearchValue(of: $0, sort.property, definition) })
        }
        // Records without a value come last, whatever the direction; equal ones by id.
        return keyed.sorted { left, right in
            switch (left.1, right.1) {
            case (nil, nil): return left.0 < right.0
            case (nil, _): return false
            case (_, nil): return true
            case (let one?, let other?):
                if one == other { return left.0 < right.0 }
                return sort.isDescending ? one > other : one < other
            }
        }.map(\.0)
    }

    /// The rows that can be results at all, by id, so that a common search does not look at every record.
    private func candidates(for query: SearchQuery, _ table: ObjectTable) -> [Int] {
        if let ids = Self.namedIDs(query, table) {
            let rows = ids.compactMap { table.row(of: $0) } + table.lag.rowsBehind
            return Array(Set(rows)).sorted()
        }
        if let from = Self.lowerBound(query, .modified), case .time(let time) = from {
            let entries = table.changes.entries[table.changes.firstIndex(from: time)...]
            return Array(Set(entries.map(\.row))).sorted()
        }
        if let from = Self.lowerBound(query, .recordID), case .number(let id) = from {
            return Array(table.firstRow(from: Int64(id))..<table.rows.count)
        }
        return Array(table.rows.indices)
    }

    /// The ids that unique values or ids in every filter group name; nil when a group names none.
    private static func namedIDs(_ query: SearchQuery, _ table: ObjectTable) -> [Int64]? {
        guard !query.groups.isEmpty else { return nil }
        var ids: [Int64] = []
        for group in query.groups {
            let named = group.lazy.compactMap { filter -> [Int64]? in
                let operands: [[UInt8]]
                switch filter.condition {
                case .equal(let text): operands = [text]
                case .isIn(let texts): operands = texts
                default: return nil
                }
                if filter.definition.source == .recordID { return operands.compactMap { wholeNumber($0) } }
                guard filter.definition.isUnique else { return nil }
                return operands.flatMap { table.holders(ofAnyCase: $0, property: filter.property) }
            }
            guard let found = named.first else { return nil }
            ids += found
        }
        return ids
    }

    /// The lowest value of a standing property that every filter group allows; nil when one allows all.
    private static func lowerBound(_ query: SearchQuery, _ source: PropertyDefinition.Source) -> SearchValue? {
        let bounds = query.groups.map { group in
            group.lazy.compactMap { filter -> SearchValue? in
                guard filter.definition.source == source else { return nil }
                switch filter.condition {
                case .greater(let bound), .greaterOrEqual(let bound), .between(let bound, _): return bound
                default: return nil
                }
            }.first
        }
        guard !bounds.isEmpty, !bounds.contains(where: { $0 == nil }) else { return nil }
        return bounds.compactMap { $0 }.min()
    }
}
