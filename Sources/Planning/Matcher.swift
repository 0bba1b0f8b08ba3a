package import Records

/// The records that one match key found.
package struct KeyHits: Hashable, Sendable {
    /// The key's place in the mapping's `match`, from 0.
    package let key: Int
    /// Every record whose identity under that key is the same bytes; nil if the value to look for was blank.
    package let records: [RecordID]?

    /// Creates the hits of one key.
    package init(key: Int, records: [RecordID]?) {
        self.key = key
        self.records = records
    }
}

/// What the matcher may ask about a candidate.
package protocol MatchEvidence {
    /// Whether the record is linked already, in this connection and family, to another remote record.
    func isLinked(_ record: RecordID) -> Bool
    /// Whether both sides have a value under that key, and the values differ.
    func contradicts(_ record: RecordID, key: Int) -> Bool
    /// Picks one of several by the mapping's policy; nil leaves it to a person.
    func pick(_ records: [RecordID], by policy: DuplicatePolicy) -> RecordID?
}

/// Whether a remote record is one of ours.
package enum MatchDecision: Hashable, Sendable {
    /// It is this record.
    case link(RecordID)
    /// It is nobody we know.
    case create
    /// It looks like a record that is linked to another remote record: a duplicate in the CRM.
    case duplicate(of: RecordID)
    /// Several records match.
    case ambiguous([RecordID])
    /// A later key matches, but an earlier one contradicts it: the same landline, another e-mail address.
    case contradiction(RecordID)
}

/// R7: one hit is not identity.
package struct Matcher: Sendable {
    private let policy: DuplicatePolicy

    /// Creates a matcher with the mapping's policy for several hits.
    package init(_ policy: DuplicatePolicy) {
        self.policy = policy
    }

    /// Decides over the hits of all keys, in the order of the mapping's `match`.
    package func decide(_ hits: [KeyHits], evidence: any MatchEvidence) -> MatchDecision {
        for hit in hits {
            guard let records = hit.records, !records.isEmpty else { continue }
            return self.decide(records, key: hit.key, evidence: evidence)
        }
        return .create
    }

    private func decide(_ records: [RecordID], key: Int, evidence: any MatchEvidence) -> MatchDecision {
        let fitting = records.filter { record in
            Breakage.contradictionIgnored.isOn || (0..<key).allSatisfy { !evidence.contradicts(record, key: $0) }
        }
        guard let first = fitting.first else {
            // Two people on one landline are two people: an earlier key says so.
            return records.count == 1 ? .contradiction(records[0]) : .create
        }
        let free = fitting.filter { !evidence.isLinked($0) }
        if free.isEmpty {
            if Breakage.secondLinkOnOneHit.isOn { return .link(first) }
            return Breakage.linkedHitIsNobody.isOn ? .create : .duplicate(of: first)
        }
        if fitting.count == 1 || Breakage.linkFirstOfSeveralHits.isOn { return .link(free[0]) }
        guard let picked = evidence.pick(fitting, by: self.policy) else { return .ambiguous(fitting) }
        return evidence.isLinked(picked) ? .duplicate(of: picked) : .link(picked)
    }
}
