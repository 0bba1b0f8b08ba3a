package import Records

/// What a journal row tells.
package enum JournalKind: String, Hashable, Sendable, CaseIterable, SQLArgument {
    /// The record was made.
    case create
    /// Properties changed.
    case update
    /// The record was tied to a remote one; `detail` names it.
    case link
    /// The tie was cut; `detail` names the remote record.
    case unlink
    /// The record was deleted.
    case delete
    /// The record was brought back.
    case restore
    /// The record was merged into another one; `detail` is its id.
    case merge
    /// Another record was merged into this one; `detail` is its id.
    case absorb
    /// The remote record was archived or deleted; `detail` names it.
    case departed
    /// The remote record is back; `detail` names it.
    case revived
    /// Properties were written in the CRM; the changes are in remote terms, and `detail` names the remote record.
    case push
    /// The remote record was made from this one; otherwise like `push`.
    case pushCreate = "push_create"
    /// The remote record was archived because this one was deleted; `detail` names it.
    case pushArchive = "push_archive"
    /// A value that somebody wrote in the CRM was replaced by ours before we had seen it (R2); the changes are in remote
    /// terms, and `detail` names the remote record and whoever wrote it.
    case overwritten
    /// We put the remote record on a list of the CRM; the changes name the list, and `detail` the segment and the record.
    case listAdd = "list_add"
    /// We took the remote record off a list of the CRM; otherwise like `listAdd`.
    case listRemove = "list_remove"
    /// Somebody in the CRM put the remote record on a list that a mapping keeps, as the reading of its members shows.
    case listJoined = "list_joined"
    /// Somebody in the CRM took the remote record off such a list.
    case listLeft = "list_left"
    /// The record takes no part in syncs from here on; `detail` says why.
    case exclude
    /// The record takes part in syncs again.
    case include
    /// The person was erased; `detail` says why, and earlier rows tell nothing any more.
    case erase
    /// Something happened to the person; `detail` says what.
    case event

    /// Whether the row's changes are of the record itself; those of a push are of the remote record,
    /// and those of a move are of a list.
    package var changesRecord: Bool {
        switch self {
        case .push, .pushCreate, .pushArchive, .overwritten, .listAdd, .listRemove, .listJoined, .listLeft: false
        default: true
        }
    }
}

/// One row of the journal.
package struct JournalEntry: Hashable, Sendable {
    /// The place in the journal; grows, and is never given twice.
    package let sequence: Int64
    /// The record.
    package let record: RecordID
    /// When.
    package let at: Instant
    /// The run; nil outside runs.
    package let run: RunNumber?
    /// Who.
    package let actor: ActorNumber
    /// What kind of row it is.
    package let kind: JournalKind
    /// The properties that changed; empty for a create as it is stored, filled by `history(of:)`.
    package let changes: [PropertyChange]
    /// What the kind needs beside the changes; nil if nothing.
    package let detail: String?
}

/// The stored form of a row's changes: `{"email":[old,new]}` in the self-describing form.
enum JournalChanges {
    /// The changes as JSON, in their order.
    static func encode(_ changes: [PropertyChange]) throws(CodecError) -> [UInt8] {
        var writer = JSONWriter(capacity: 128)
        writer.byte(UInt8(ascii: "{"))
        for (place, change) in changes.enumerated() {
            if place > 0 { writer.byte(UInt8(ascii: ",")) }
            writer.quoted(change.property)
            writer.raw(":[")
            try writer.selfDescribing(Breakage.journalForgetsOld.isOn ? .absent : change.old)
            writer.byte(UInt8(ascii: ","))
            try writer.selfDescribing(change.new)
            writer.byte(UInt8(ascii: "]"))
        }
        writer.byte(UInt8(ascii: "}"))
        return writer.bytes
    }

    /// Reads changes.
    static func decode(_ bytes: UnsafeBufferPointer<UInt8>) throws(CodecError) -> [PropertyChange] {
        var reader = ValueReader(bytes)
        var changes: [PropertyChange] = []
        try reader.expect(UInt8(ascii: "{"))
        guard !reader.take(UInt8(ascii: "}")) else { return changes }
        repeat {
            let name = String(decoding: bytes[try reader.key()], as: UTF8.self)
            try reader.expect(UInt8(ascii: "["))
            let old = try reader.selfDescribing() ?? .absent
            try reader.expect(UInt8(ascii: ","))
            let new = try reader.selfDescribing() ?? .absent
            try reader.expect(UInt8(ascii: "]"))
            changes.append(PropertyChange(name, old: old, new: new))
        } while reader.take(UInt8(ascii: ","))
        try reader.expect(UInt8(ascii: "}"))
        return changes
    }
}

/// What a journal row is about.
package struct JournalMark: Hashable, Sendable {
    /// The row's place.
    package let sequence: Int64
    /// The record.
    package let record: RecordID
    /// Who did it.
    package let actor: ActorNumber
    /// What was done.
    package let kind: JournalKind
}
