package import Mapping
package import Planning
package import Records
package import Store

/// What a sync would do with one record under one mapping, and everything that it would decide from.
package struct RecordInspection: Sendable {
    /// What both sides have to do with each other.
    package enum Tie: Hashable, Sendable {
        /// They are linked, and changes travel.
        case linked
        /// They are linked, but the link rests, with the reason.
        case resting(String)
        /// Ours would be made in the CRM, unless a record there has its match key.
        case madeRemotely
        /// The CRM's would be made here, or linked to one of ours.
        case madeLocally(matches: [RecordID])
        /// Nothing: the reason.
        case apart(String)
    }

    /// Where the CRM's values come from.
    package enum Source: String, Hashable, Sendable {
        /// A read by id, just now.
        case live
        /// The last observation, which a sync has yet to take in.
        case observed
        /// What it held when both sides last agreed.
        case agreed
        /// Nobody has seen any.
        case none
    }

    /// The mapping.
    package let mapping: CompiledMapping
    /// Our record; nil for one that is only in the CRM.
    package let record: StoredRecord?
    /// The CRM's id; nil for one that is only here.
    package let remote: Text?
    /// What both sides have to do with each other.
    package let tie: Tie
    /// Where the CRM's values come from.
    package let source: Source
    /// What the planner was given; for a record that would be made, the other side is `.absent`.
    package let state: RecordState
    /// What it decided.
    package let plan: RecordPlan
}

/// What a person asks to have looked at.
package enum InspectionSubject: Hashable, Sendable {
    /// A record of ours, under all mappings of its object.
    case record(RecordID)
    /// A record of the CRM, by its object and id.
    case remote(object: String, id: Text)
}
