/// Carries out writes that were checked.
extension AccountState {
    /// Creates or updates a record; returns its row.
    @discardableResult
    mutating func commit(_ write: PreparedWrite, _ type: ObjectType, source: UInt8) -> Int {
        let row = write.isNew ? self.insert(write, type, source) : self.change(write, type, source)
        for association in write.associations {
            self.associate(association.type, from: write.id, to: association.to)
        }
        return row ?? 0
    }

    private mutating func insert(_ write: PreparedWrite, _ type: ObjectType, _ source: UInt8) -> Int? {
        let time = self.stamp()
        var values = write.values.filter { !$0.text.isEmpty }
        self.addOwn(to: &values, type, id: write.id, time: time, before: nil)
        let record = Record(id: write.id, createdAt: time, updatedAt: time, source: source, values: .init(values))
        self[type].insert(record)
        let row = self[type].rows.count - 1
        self.noteForIndex(type, row: row, before: nil, time: time)
        self.keep(.create, type, write.id, source: source)
        if self.ledger.isOn {
            for value in write.values {
                self.keep(.update, type, write.id, value.property, new: value.text, source: source)
            }
        }
        return row
    }

    private mutating func change(_ write: PreparedWrite, _ type: ObjectType, _ source: UInt8) -> Int? {
        guard let row = self[type].row(of: write.id) else { return nil }
        let before = self[type].rows[row]
        let changed = write.values.filter { $0.text != before.values[$0.property] ?? [] }
        guard !changed.isEmpty || self.habits.touchesUnchanged else { return row }
        let time = self.stamp()
        var values = changed
        self.addOwn(to: &values, type, id: write.id, time: time, before: before)
        for value in changed {
            let old = before.values[value.property].map {
                ValueVersion(
                    property: value.property,
                    text: $0,
                    timestamp: before.createdAt,
                    source: before.source
                )
            }
            let new = ValueVersion(property: value.property, text: value.text, timestamp: time, source: source)
            self[type].remember(new, row: row, before: old)
        }
        if self.ledger.isOn {
            for value in write.values {
                let old = before.values[value.property] ?? []
                self.keep(.update, type, write.id, value.property, old: old, new: value.text, source: source)
            }
        }
        self[type].modify(row: row) { record in
            for value in values { record.values.set(value.property, value.text) }
            record.updatedAt = time
        }
        self.noteForIndex(type, row: row, before: before, time: time)
        return row
    }

    /// Tells the search index of a change, which it sees after its lag.
    mutating func noteForIndex(_ type: ObjectType, row: Int, before: Record?, time: Int64) {
        guard self.habits.indexLag > 0 else { return }
        self[type].lag.note(row: row, before: before, visibleAt: time + self.habits.indexLag)
    }

    /// Adds the values that the product fills in or calculates itself.
    private func addOwn(
        to values: inout [(property: Int, text: [UInt8])],
        _ type: ObjectType,
        id: Int64,
        time: Int64,
        before: Record?
    ) {
        var draft = RecordDraft(properties: self[type].properties, values: values, before: before)
        if before == nil { self.fillNew(&draft, type, id: id, time: time) }
        switch type {
        case .contacts: draft.deriveContact()
        case .deals: self.deriveDeal(&draft, time: time)
        case .tasks:
            guard let status = draft.written("hs_task_status") else { break }
            let isDone = status.elementsEqual("COMPLETED".utf8)
            draft.set("hs_task_completion_date", isDone ? CalendarTime.iso(time) : [])
        case .companies, .notes: break
        }
        values = before == nil ? draft.values.filter { !$0.text.isEmpty } : draft.values
    }

    /// Sets what a deal's stage decides.
    func deriveDeal(_ draft: inout RecordDraft, time: Int64) {
        guard let stage = self.stage(draft.value("dealstage"), pipeline: draft.value("pipeline")) else { return }
        draft.set("hs_is_closed", Array((stage.isClosed ? "true" : "false").utf8))
        draft.set("hs_is_closed_won", Array((stage.isWon ? "true" : "false").utf8))
        draft.set("hs_deal_stage_probability", Array(stage.probability.utf8))
        if self.habits.fillsCloseDate, stage.isClosed, draft.value("closedate").isEmpty {
            draft.set("closedate", CalendarTime.iso(time))
        }
    }

    /// Fills in what a new record was not given.
    private func fillNew(_ draft: inout RecordDraft, _ type: ObjectType, id: Int64, time: Int64) {
        if type == .deals, draft.value("createdate").isEmpty { draft.set("createdate", CalendarTime.iso(time)) }
        let owners = self.options.owners.filter { !$0.isArchived }
        if self.habits.fillsOwner, !owners.isEmpty, [.contacts, .companies, .deals].contains(type),
            draft.value("hubspot_owner_id").isEmpty
        {
            let chosen = owners[Int(self.chance(3, UInt64(id)) % UInt64(owners.count))]
            draft.set("hubspot_owner_id", Array(String(chosen.id).utf8))
        }
        if self.habits.fillsWebsite, type == .companies, draft.value("website").isEmpty {
            draft.set("website", draft.value("domain"))
        }
    }

    func stage(_ id: [UInt8], pipeline: [UInt8]) -> Pipeline.Stage? {
        self.pipelines.first { pipeline.elementsEqual($0.id.utf8) }?.stages.first { id.elementsEqual($0.id.utf8) }
    }

    /// Archives a record: it leaves lists, searches and associations, and its unique values are free again.
    mutating func archive(_ type: ObjectType, row: Int) {
        let before = self[type].rows[row]
        guard before.isLive else { return }
        let time = self.stamp()
        self[type].modify(row: row) { record in
            record.state = .archived
            record.archivedAt = time
            record.updatedAt = time
        }
        self.associations.removeRecord(type, before.id)
        self.keep(.archive, type, before.id, source: nil)
        self.noteForIndex(type, row: row, before: before, time: time)
    }

    /// The number of an integration in the list of sources.
    mutating func source(of token: AccessToken) -> UInt8 {
        self.sourceNumber(ChangeSource(type: "INTEGRATION", id: String(token.appID), label: "Private app"))
    }
}
