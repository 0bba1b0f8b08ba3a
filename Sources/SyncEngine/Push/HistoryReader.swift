import Connectors
import Mapping
import Planning
import Records
import Store

/// Reads written records with the histories of what was written (R2), as many at a time as the CRM takes.
struct HistoryReader {
    let session: SyncSession
    let lane: MappingLane

    /// What was found out about some writes.
    struct Findings {
        /// The histories by remote id; records that are not there any more have none.
        var histories: [Text: RemoteHistory] = [:]
        /// The records that could not be looked at.
        var unread: Set<Text> = []
        /// Why not.
        var failure: RemoteFailure?
    }

    /// Whether histories are asked for at all.
    var isOn: Bool { self.session.context.account.traits.historyBatchSize != nil && !Breakage.historyNotAsked.isOn }

    /// Asks for the written properties of the written records, and for nothing else.
    func read(_ written: [SentOperation]) async throws -> Findings {
        var findings = Findings()
        guard self.isOn, let size = self.session.context.account.traits.historyBatchSize else { return findings }
        let asked = written.filter { !self.properties(of: $0).isEmpty && $0.operation.remote != nil }
        for chunk in asked.chunked(by: size) {
            let ids = chunk.compactMap(\.operation.remote)
            let properties = Set(chunk.flatMap { self.properties(of: $0) }).sorted()
            do {
                let found = try await self.session.retrying.run {
                    try await self.session.context.account.histories(
                        self.lane.mapping.remoteObject,
                        ids: ids,
                        of: properties,
                        selecting: self.lane.runtime.selection
                    )
                }
                for (id, history) in zip(ids, found) { findings.histories[id] = history }
            } catch let failure as RemoteFailure {
                findings.failure = findings.failure ?? failure
                findings.unread.formUnion(ids)
            }
        }
        return findings
    }

    private func properties(of sent: SentOperation) -> [String] {
        sent.fields.compactMap { field in
            let mapped = self.lane.mapping.fields[field.field]
            return mapped.kind == .property ? mapped.remote : nil
        }
    }
}
