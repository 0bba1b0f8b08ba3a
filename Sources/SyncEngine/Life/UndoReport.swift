package import Connectors
package import Records

/// Whose values an undo puts back (R6).
package enum UndoSide: String, Hashable, Sendable, CaseIterable {
    /// What the run wrote here.
    case local
    /// What the run wrote in the CRM.
    case remote
    /// Both.
    case both

    /// Whether what was written on a side is put back.
    func covers(_ side: Side) -> Bool { self == .both || self.rawValue == side.rawValue }
}

/// One change of a run, and what an undo does with it.
package struct UndoneChange: Hashable, Sendable {
    /// What happens to the change.
    package enum Fate: Hashable, Sendable {
        /// The value is put back, or the record's making or deletion is reversed.
        case putBack
        /// It stays, for this reason.
        case left(String)
    }

    /// The record.
    package let record: RecordID
    /// The side on which the run wrote.
    package let side: Side
    /// The property, or the field in the CRM; nil for the record as a whole.
    package let field: String?
    /// What is there now, as the run left it.
    package let now: Value
    /// What was there before.
    package let before: Value
    /// What happens to it.
    package let fate: Fate
}

/// What undoing a run did, or would do.
package struct UndoReport: Sendable {
    /// The run that is undone.
    package let run: Int64
    /// The run that undoes it; for a plan, one that wrote nothing.
    package internal(set) var undoing: Int64 = 0
    /// Whose values are put back.
    package let side: UndoSide
    /// Whether nothing was written.
    package let isPlan: Bool
    /// Values put back here.
    package internal(set) var local = 0
    /// Values put back in the CRM.
    package internal(set) var remote = 0
    /// Records whose making is reversed: deleted here, or archived in the CRM.
    package internal(set) var unmade = 0
    /// Records brought back that the run had deleted here.
    package internal(set) var restored = 0
    /// What stays, by reason.
    package internal(set) var left: [String: Int] = [:]
    /// Some of the changes, those that stay first.
    package internal(set) var samples: [UndoneChange] = []
    /// Why the undo ended before it was through, so that it has to be run again; nil if it went through.
    package internal(set) var failure: RemoteFailure?
    private var leftSamples = 0

    /// The most changes that are kept as samples.
    static let sampleLimit = 50

    init(run: Int64, side: UndoSide, isPlan: Bool) {
        self.run = run
        self.side = side
        self.isPlan = isPlan
    }

    /// How much is undone in all.
    package var total: Int { self.local + self.remote + self.unmade + self.restored }

    /// How much stays.
    package var leftTotal: Int { self.left.values.reduce(0, +) }

    mutating func add(_ change: UndoneChange) {
        if case .left(let reason) = change.fate {
            self.left[reason, default: 0] += 1
            if self.leftSamples < Self.sampleLimit {
                self.samples.insert(change, at: self.leftSamples)
                self.leftSamples += 1
            }
        } else {
            self.samples.append(change)
        }
        if self.samples.count > Self.sampleLimit { self.samples.removeLast() }
    }

    mutating func leave(_ record: RecordID, _ side: Side, field: String? = nil, _ reason: String) {
        self.add(
            UndoneChange(record: record, side: side, field: field, now: .absent, before: .absent, fate: .left(reason))
        )
    }
}
