/// The endpoints that write single records.
extension AccountState {
    /// `POST /crm/v3/objects/{type}`.
    mutating func create(_ type: ObjectType, _ call: Call) throws -> Answer {
        var claims = ClaimedValues()
        let input = try call.object()
        let write = try self.prepareCreate(type, input, version: call.route.version, claims: &claims)
        let row = self.commit(write, type, source: self.source(of: call.token))
        self.stats.created += 1
        return Answer(status: 201, body: self.writtenDocument(type, row: row, write))
    }

    /// `PATCH /crm/v3/objects/{type}/{id}`.
    mutating func update(_ type: ObjectType, _ id: [UInt8], _ call: Call) throws -> Answer {
        let input = try call.object()
        guard let row = try self.row(type, id, idProperty: call.query.value("idProperty")) else {
            throw APIError.notFound
        }
        var claims = ClaimedValues()
        let write = try self.prepareUpdate(type, row: row, input, version: call.route.version, claims: &claims)
        self.commit(write, type, source: self.source(of: call.token))
        self.stats.updated += 1
        return Answer(status: 200, body: self.writtenDocument(type, row: row, write))
    }

    /// `DELETE /crm/v3/objects/{type}/{id}`: 204 for an archived record too, 404 for one that never was.
    mutating func archive(_ type: ObjectType, _ id: [UInt8]) throws -> Answer {
        guard let number = wholeNumber(id), let row = self[type].row(of: self[type].survivor(of: number)) else {
            throw APIError.notFound
        }
        if self[type].rows[row].isLive {
            self.archive(type, row: row)
            self.stats.archived += 1
        }
        return .empty
    }

    /// What the answer to a write shows: the written values, or by habit only the standing ones.
    func writtenPlan(_ type: ObjectType, _ write: PreparedWrite) -> ReadPlan {
        let names = write.values.map { Array(self[type].properties[$0.property].name.utf8) }
        return ReadPlan(self[type], requested: self.habits.answersWithoutValues ? [] : names)
    }

    private func writtenDocument(_ type: ObjectType, row: Int, _ write: PreparedWrite) -> [UInt8] {
        self.document(self[type].rows[row], of: type, plan: self.writtenPlan(type, write))
    }
}
