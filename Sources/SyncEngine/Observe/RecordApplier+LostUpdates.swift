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
        for joint in self.runtime.mapping.joints where sent.fields.contains(where: { joint.members.contains($0.field) })
        {
            replaced.merge(try self.keepLostParts(of: joint, sent, history, agreed: agreed, link: link)) { $1 }
        }
        for field in sent.fields where self.runtime.mapping.fields[field.field].part == nil {
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

    /// The same for a text that several fields share: its history is that of the whole text, and what was lost are the
    /// parts that somebody changed, be it one that only went along.
    private mutating func keepLostParts(
        of joint: JointText,
        _ sent: SentOperation,
        _ history: RemoteHistory,
        agreed: [AgreedField],
        link: Link
    ) throws -> [Int: Value] {
        let fields = sent.fields + sent.operation.carriedFields
        let members = joint.members.compactMap { member in fields.first { $0.field == member } }
        let landed = members.map { member in
            agreed.first { $0.field == member.field }?.remote ?? sent.answered[member.field] ?? member.sent
        }
        guard members.count == joint.members.count, let whole = joint.whole(landed),
            let base = joint.whole(members.map(\.previous)),
            let version = history.overwritten(
                joint.remote,
                landed: whole,
                base: base,
                until: sent.version,
                as: { joint.whole(joint.parts(of: $0)) ?? $0 }
            )
        else { return [:] }
        var replaced: [Int: Value] = [:]
        let lost = joint.parts(of: version.value)
        for (index, member) in members.enumerated() where lost[index] != member.previous && lost[index] != landed[index]
        {
            replaced[member.field] = lost[index]
            let part = RemoteVersion(value: lost[index], at: version.at, by: version.by)
            try self.keep(part, replacedBy: member, landed: landed[index], of: link)
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
