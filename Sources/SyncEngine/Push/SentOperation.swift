import Connectors
import Planning
import Records
import Store

/// A write that was sent, with what its answer, or a later read by id, says of it.
struct SentOperation {
    /// The operation as the store keeps it.
    let operation: PendingOperation
    /// What was sent, by field.
    let fields: [SentField]
    /// What the answer said each property holds now, by field position; fields it did not mention are missing.
    var answered: [Int: Value] = [:]
    /// Fields that the CRM refused although it made the record, by position, with its reason.
    var refused: [Int: String] = [:]
    /// The version that the answer gave.
    var version: Int64?
    /// The record with the history of what was written; nil if nobody asked.
    var history: RemoteHistory?
    /// Whether an answer came at all.
    var wasAnswered = true
}

extension SentOperation {
    /// An operation of which an earlier run, or a lost answer, left the outcome open, with what is known of its answer.
    init(inDoubt operation: PendingOperation) {
        self.init(operation: operation, fields: operation.sentFields)
        guard let version = operation.answeredVersion, !Breakage.answerForgottenWithHistory.isOn else {
            self.wasAnswered = false
            return
        }
        self.version = version == 0 ? nil : version
    }

    /// Whether nobody touched the record between our write and the read that found it at a version: what it holds then is
    /// what the CRM made of our values, as surely as if the answer had said so (R1).
    ///
    /// Of a version in whole seconds that cannot be told: somebody may have typed within the same second.
    func isUntouched(at version: Int64?) -> Bool {
        guard self.wasAnswered, let own = self.version, own % 1_000_000 != 0 else { return false }
        return own == version
    }

    /// The fields with what the CRM made of them in place of what was sent, as far as it answered that it took them.
    ///
    /// Who reads them back later must not take the CRM's normal form for somebody's edit (R1).
    var answeredFields: [OperationField] {
        self.fields.map { self.answered(OperationField($0)) }
            + self.operation.fields.filter(\.isCarried).map { self.answered($0) }
    }

    private func answered(_ field: OperationField) -> OperationField {
        guard let answer = self.answered[field.field], answer != field.previous,
            !(answer.isBlank && field.previous.isBlank), !Breakage.answerForgottenWithHistory.isOn
        else { return field }
        return OperationField(
            field.field,
            source: field.source,
            sent: answer,
            previous: field.previous,
            isCarried: field.isCarried
        )
    }
}

extension Transaction {
    /// Leaves a write in doubt until it can be told what became of it; what its answer said is kept till then.
    func leaveInDoubt(_ sent: SentOperation) throws {
        let id = sent.operation.id
        try self.rewrite(id, fields: sent.answeredFields)
        if sent.wasAnswered { try self.noteAnswer(id, version: sent.version ?? 0) }
        try self.markUnknown(id)
    }
}

extension OperationField {
    fileprivate init(_ field: SentField) {
        self.init(field.field, source: field.source, sent: field.sent, previous: field.previous)
    }
}

extension PendingOperation {
    /// The fields as the settling rule wants them: those that were changed.
    var sentFields: [SentField] { self.fields.filter { !$0.isCarried }.map { Self.sent($0) } }

    /// The parts that only went along with others of their text.
    var carriedFields: [SentField] { self.fields.filter(\.isCarried).map { Self.sent($0) } }

    private static func sent(_ field: OperationField) -> SentField {
        SentField(field: field.field, source: field.source, sent: field.sent, previous: field.previous)
    }
}
