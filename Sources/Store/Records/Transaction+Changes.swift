package import Records

extension Transaction {
    /// Changes properties of a record; every change, from whatever source, goes through here.
    ///
    /// Settings that change nothing are dropped; the last of several settings of one property counts. The change is
    /// journalled, match keys follow, and each link of the record that still agreed on a property first remembers the
    /// old value as its local shadow, so that nobody's change is ever overlooked. The fields in `keeping` are left out
    /// of that: their caller settles them in the same transaction.
    ///
    /// Throws `StoreError`: `.notFound`, `.notLive`, or `.unstorable`.
    @discardableResult
    package func change(
        _ id: RecordID,
        set settings: [PropertySetting],
        cause: Cause,
        kind: JournalKind = .update,
        keeping kept: KeptFields? = nil
    ) throws -> RecordChange {
        let row = try self.liveRow(of: id)
        let codec = try self.codec(of: row.object)
        let old = try self.decoded.values(of: id, stored: row.properties, codec)
        var new = old
        var touched: [Int] = []
        for setting in settings {
            let position = try self.position(of: setting.property, in: codec)
            if !touched.contains(position) { touched.append(position) }
            new[position] = setting.value
        }
        touched.removeAll { old[$0] == new[$0] }
        guard !touched.isEmpty else { return RecordChange(version: row.version, changes: [], sequence: nil) }
        let changes = touched.map { position in
            PropertyChange(codec.object.properties[position].name, old: old[position], new: new[position])
        }
        try self.execute(
            "UPDATE record SET version = version + 1, properties = ?2 WHERE record = ?1",
            id,
            SQLText(try codec.replacing(row.properties, with: touched.map { (position: $0, value: new[$0]) }))
        )
        try self.updateIdentities(of: id, object: row.object, codec: codec, old: old, new: new)
        try self.rememberShadows(of: id, changes: changes, keeping: kept)
        let sequence = try self.appendJournal(id, kind: kind, changes: changes, cause: cause)
        return RecordChange(version: row.version + 1, changes: changes, sequence: sequence)
    }

    /// Copies old values into the local shadow of each link of the record that agreed on them until now.
    private func rememberShadows(of id: RecordID, changes: [PropertyChange], keeping kept: KeptFields?) throws {
        for link in try self.links(of: id) {
            if Breakage.changeReachesNobodyElse.isOn, let kept, kept.link != link.key { continue }
            let shape = try self.shape(link.shape)
            let exempt = kept?.link == link.key ? kept?.fields ?? [] : []
            var shadow = link.localShadow
            for change in changes {
                for field in shape.fields(readingLocal: change.property) where !exempt.contains(field) {
                    if shape.fields[field].local == nil {
                        shadow.inputMoved(field)
                    } else {
                        shadow.localMoved(field, from: change.old, to: change.new)
                    }
                }
            }
            if shadow != link.localShadow { try self.store(shadow, of: link.key) }
        }
    }
}
