package import Records
package import Store

/// What an owner is up to, for one decision.
package struct OwnerCandidate: Hashable, Sendable {
    /// The address.
    package let email: Text
    /// How many leads, compared with the others.
    package let weight: Int
    /// Why the owner cannot be given this one; nil if nothing speaks against it.
    package let obstacle: Text?

    /// Creates a candidate.
    package init(email: Text, weight: Int, obstacle: Text? = nil) {
        self.email = email
        self.weight = weight
        self.obstacle = obstacle
    }
}

/// A weighted round robin that spreads evenly: of weights 2 and 1 it gives a, b, a, and never a, a, b.
///
/// Each time every candidate that can be given the lead saves up its weight, who has saved most gets it and pays for all
/// (the smooth round robin of nginx). Who cannot be given one saves nothing, so that nobody is flooded after a holiday.
package enum OwnerRotation {
    /// Who is next, why, and the places in the rotation that change; nil if nobody can be given the lead.
    ///
    /// Of equals the one who waited longest comes first, then the one who stands first in the file.
    package static func next(
        of candidates: [OwnerCandidate],
        _ entries: [Text: RotationEntry],
        at now: Instant
    ) -> (owner: Text, reason: Text, changed: [RotationEntry])? {
        let free = candidates.filter { $0.obstacle == nil }
        var places = free.map { entries[$0.email] ?? RotationEntry(owner: $0.email) }
        for index in places.indices { places[index].credit += free[index].weight }
        let order = places.indices.sorted { left, right in
            let (first, second) = (places[left], places[right])
            if first.credit != second.credit { return first.credit > second.credit }
            let (old, new) = (first.lastAt?.microseconds ?? .min, second.lastAt?.microseconds ?? .min)
            return old == new ? left < right : old < new
        }
        guard let chosen = order.first else { return nil }
        places[chosen].credit -= free.reduce(0) { $0 + $1.weight }
        places[chosen].assigned += 1
        places[chosen].lastAt = now
        let passed = candidates.compactMap { candidate in candidate.obstacle.map { "\(candidate.email) \($0)" } }
        let note = passed.isEmpty ? "" : " (passed over: \(passed.joined(separator: ", ")))"
        return (free[chosen].email, Text("next in turn of \(free.count)\(note)"), places)
    }
}
