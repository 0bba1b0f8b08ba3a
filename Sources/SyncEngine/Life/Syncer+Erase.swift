import Connectors
package import Mapping
package import Records
import Store

extension Syncer {
    /// Carries out what is left to erase in this connection's CRM, and nothing else; every sync does it first, too.
    ///
    /// What was written about them as activities goes too. Returns how many remote records are confirmed to be gone now.
    package func eraseRemotely() async throws -> Int {
        try await self.inRun(kind: "erase", counting: \.self) { session in
            var counts = SyncCounts()
            for lane in session.lanes {
                var phase = ErasePhase(session: session, lane: lane)
                try await phase.run()
                counts.add(phase.counts)
            }
            try await ActivityErasing(session: session).run()
            return counts
        }
        .erasedRemotely
    }
}

extension RoleAddress {
    /// What is nobody's own for all of these mappings, such as `info@acme.example`; see `Transaction.erase`.
    ///
    /// An address that one of them lists identifies somebody.
    package static func shared(_ mappings: [CompiledMapping]) -> (Value) -> Bool {
        let allowed = mappings.flatMap(\.allowedRoleAddresses)
        return { !Breakage.roleAddressIsErased.isOn && Self.isRole($0, allowing: allowed) }
    }
}

extension IdentityKey {
    /// The match keys of mappings by their local object: what `Transaction.prepareErasure` wants of them.
    package static func matching(_ mappings: [CompiledMapping]) -> [String: [IdentityKey]] {
        var keys: [String: [IdentityKey]] = [:]
        for mapping in mappings {
            keys[mapping.localObject, default: []] += mapping.match.map { key in
                IdentityKey(key.compactMap { mapping.fields[$0].local })
            }
        }
        return keys
    }
}
