import Connectors
import Mapping
import Planning
import Records
import Store

/// R2: what a write of ours replaced although nobody here had seen it.
extension RecordApplier {
    /// Looks into the CRM's history for values that were written between our last look and our write.
    ///
    /// Each enters the conflict log with both bases, both values, their times and who wrote them, and the journal. Returns
    /// what was replaced, by field position. To be called before the shadows move.
    mutating func keepLostUpdates(
        _ sent: SentOperation,
        agreed: [AgreedField],
        of link: Link
    ) throws -> [Int: Value] {
        guard let history = sent.history, history.record.id == link.key.remote else { return [:] }
        var replaced: [Int: Value] = [:]
        for field in sent.fields {
            guard let landed = agreed.first(where: { $0.field == field.field })?.remote,
                let property = self.runtime.mapping.fields[field.field].remote,
                let version = history.overwritten(
                    property,
                    landed: landed,
                    base: field.previous,
                    until: sent.version,
                    clearedFirst: self.stepsBack(field.field, from: field.previous, to: field.sent)
                )
            else { continue }
            replaced[field.field] = version.value
            try self.keep(version, replacedBy: field, landed: landed, of: link)
        }
        return replaced
    }

    private mutating func keep(
        _ version: RemoteVersion,
        replacedBy field: SentField,
        landed: Value,
        of link: Link
    ) throws {
        let mapped = self.runtime.mapping.fields[field.field]
        let edit = try mapped.local.flatMap { try self.transaction.lastEdit(of: $0, record: link.record) }
        let about = ConflictCase(
            link: link.key,
            record: link.record,
            field: mapped.name,
            localBase: try self.transaction.values(of: link).localShadow[field.field],
            remoteBase: field.previous,
            local: field.source,
            remote: version.value,
            localAt: edit?.at,
            remoteAt: version.at,
            rule: "overwritten unseen",
            localBy: try edit.map { try self.transaction.name(of: $0.actor) },
            remoteBy: version.by.isEmpty ? nil : version.by
        )
        self.counts.conflictsFound += 1
        self.counts.conflictsSettled += 1
        self.counts.overwrittenUnseen += 1
        try self.transaction.logConflict(about, winner: .local, cause: self.cause)
        let who = version.by.isEmpty ? "" : " by \(version.by)"
        try self.transaction.appendJournal(
            link.record,
            kind: .overwritten,
            changes: [PropertyChange(mapped.name, old: version.value, new: landed)],
            detail: "\(self.transaction.description(of: link.key))\(who)",
            cause: self.cause
        )
    }
}
