import Connectors
import Crypto
import Mapping
package import Records
import Store

/// What a run did, or a plan would do.
package struct SyncReport: Sendable {
    /// What the report is about.
    package enum Kind: Sendable {
        /// Nothing was done; this is what would be.
        case plan
        /// It was done.
        case sync
    }

    /// What the report is about.
    package let kind: Kind
    /// The connection's name.
    package let connection: String
    /// The number of the run that people see.
    package let run: Int64
    /// The counts.
    package let counts: SyncCounts
    /// Some of the planned changes, in the order of the plan.
    package let samples: [PlannedChange]
    /// Requests made since the account was opened.
    package let requests: Int
    /// Whether a mapping of the run deletes here what the CRM deleted, once that is made sure of.
    package let followsDeletions: Bool
    /// The breakers that would stop a run of this plan on the way; empty for a run.
    package internal(set) var breakers: [ForeseenBreaker] = []
    /// Why an approval was not taken: what has moved since the plan that was approved was shown; empty if nothing did.
    package internal(set) var moves: [String] = []
    /// The run whose plan was approved, where something has moved since.
    package internal(set) var shownBy: Int64?

    init(kind: Kind, session: SyncSession, counts: SyncCounts, samples: [PlannedChange] = []) {
        self.kind = kind
        self.connection = session.connection.name
        self.run = session.run.rawValue
        self.counts = counts
        self.samples = samples
        self.requests = session.context.account.requestsMade
        self.followsDeletions = session.context.mappings.contains { $0.delete.pull == .archive }
    }

    /// The counts in one line, stable, for the approval's row.
    package var summary: String {
        SyncCounts.named.filter { self.counts[keyPath: $0.path] > 0 }
            .map { "\($0.name)=\(self.counts[keyPath: $0.path])" }
            .joined(separator: " ")
    }

    /// A short name of exactly these counts.
    package var digest: String {
        SHA256.hash(data: Array(self.summary.utf8)).prefix(4).map {
            String($0 >> 4, radix: 16) + String($0 & 15, radix: 16)
        }
        .joined()
    }
}

/// One change that a plan holds, for people to look at.
package struct PlannedChange: Hashable, Sendable {
    /// What would happen.
    package enum Action: String, Hashable, Sendable {
        /// A local record would be made.
        case createLocally = "create locally"
        /// A record of ours would be linked to a remote one.
        case link = "link"
        /// A local record would be changed.
        case updateLocally = "update locally"
        /// A remote record would be made.
        case createRemotely = "create in the CRM"
        /// A remote record would be changed.
        case updateRemotely = "update in the CRM"
        /// A local record would be deleted, because the CRM deleted its own.
        case deleteLocally = "delete locally"
        /// A local record would be brought back.
        case restoreLocally = "restore locally"
        /// A local record would be merged into another one.
        case mergeLocally = "merge locally"
        /// A remote record would be archived.
        case archiveRemotely = "archive in the CRM"
        /// A remote record would be put on a list.
        case addToList = "put on a list in the CRM"
        /// A remote record would be taken off a list.
        case removeFromList = "take off a list in the CRM"
        /// An event would be written about a remote record.
        case writeActivity = "write an activity in the CRM"
    }

    /// One field of the change.
    package struct Field: Hashable, Sendable {
        /// What people call the field.
        package let name: String
        /// What the side to be written holds now.
        package let old: Value
        /// What it would hold.
        package let new: Value
    }

    /// What would happen.
    package let action: Action
    /// The mapping.
    package let mapping: String
    /// Our record's id; nil for one that is not made yet.
    package let record: RecordID?
    /// The remote id; nil for one that is not made yet.
    package let remote: Text?
    /// The fields.
    package let fields: [Field]

    /// The same change of a record that the plan itself makes in the CRM; nil for changes that no new record can have.
    package var beforeItsRecord: PlannedChange? {
        switch self.action {
        case .addToList, .removeFromList, .writeActivity:
            PlannedChange(
                action: self.action,
                mapping: self.mapping,
                record: self.record,
                remote: nil,
                fields: self.fields
            )
        default: nil
        }
    }
}
