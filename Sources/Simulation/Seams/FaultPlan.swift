import Store

/// Decides what goes wrong with a request or a transaction, from the seed and the request's place alone.
struct FaultPlan: Sendable {
    let seed: UInt64
    /// Kinds that happen to requests, with their rates.
    private let rates: [(kind: FaultKind, rate: Int)]
    private let storeRate: Int?
    private let spared: Set<FaultID>

    init(_ scenario: Scenario) {
        self.seed = scenario.seed
        self.rates = FaultKind.ofRequests.compactMap { kind in scenario.faults[kind].map { (kind, $0) } }
        self.storeRate = scenario.faults[.storeFails]
        self.spared = scenario.spared
    }

    /// What happens to a request; nil if nothing does.
    func fault(_ id: FaultID) -> (kind: FaultKind, dice: Dice)? {
        guard !self.spared.contains(id) else { return nil }
        for (place, entry) in self.rates.enumerated() {
            var dice = Dice(self.seed, entry.kind.rawValue, id.home.rawValue, id.poll, id.number)
            // What comes earlier in the list must not starve the rest, nor must the number of kinds decide how much fails.
            if dice.happens(max(1, entry.rate / (self.rates.count - place > 4 ? 2 : 1))) { return (entry.kind, dice) }
        }
        return nil
    }

    /// What the disk says at a point.
    func storeFault(_ id: FaultID) -> StoreError? {
        guard let rate = self.storeRate, !self.spared.contains(id) else { return nil }
        var dice = Dice(self.seed, "store", id.home.rawValue, id.poll, id.number)
        guard dice.happens(rate) else { return nil }
        return dice.happens(500)
            ? StoreError(.busy, "the database is locked") : StoreError(.unusable, "the disk is full")
    }
}
