package import Records

/// How often each cell of (row × policy × direction × first contact or shadow × outcome) was hit.
package struct CaseCoverage: Sendable {
    /// A cell of the table.
    package struct Cell: Hashable, Sendable {
        /// What changed.
        package let row: ChangeRow
        /// The conflict policy.
        package let policy: ConflictPolicy
        /// The direction.
        package let direction: SyncDirection
        /// Whether there was a shadow; otherwise it is a first contact.
        package let hasShadow: Bool
        /// What came out.
        package let outcome: CaseOutcome

        /// Every cell, reachable or not, in a fixed order.
        package static var all: [Cell] {
            var cells: [Cell] = []
            for hasShadow in [true, false] {
                for row in ChangeRow.allCases {
                    for policy in ConflictPolicy.allCases {
                        for direction in SyncDirection.allCases {
                            for outcome in CaseOutcome.allCases {
                                let cell = Cell(
                                    row: row,
                                    policy: policy,
                                    direction: direction,
                                    hasShadow: hasShadow,
                                    outcome: outcome
                                )
                                cells.append(cell)
                            }
                        }
                    }
                }
            }
            return cells
        }
    }

    /// The counts of the cells that were hit.
    package private(set) var counts: [Cell: Int] = [:]

    /// Creates an empty table.
    package init() {}

    mutating func add(_ cell: Cell) { self.counts[cell, default: 0] += 1 }

    mutating func add(_ other: CaseCoverage) {
        for (cell, count) in other.counts { self.counts[cell, default: 0] += count }
    }

    /// How often a cell was hit.
    package func count(_ cell: Cell) -> Int { self.counts[cell] ?? 0 }

    /// Reachable cells that were hit less often than `minimum`, in the table's order.
    package func thin(below minimum: Int) -> [Cell] {
        Cell.all.filter { $0.whyImpossible == nil && self.count($0) < minimum }
    }

    /// Cells that cannot be and were hit all the same, in the table's order.
    package var wrong: [Cell] { Cell.all.filter { $0.whyImpossible != nil && self.count($0) > 0 } }
}

extension CaseCoverage.Cell: CustomStringConvertible {
    package var description: String {
        let contact = self.hasShadow ? "shadow" : "first contact"
        return "\(contact), \(self.row.rawValue), \(self.policy.rawValue), \(self.direction.rawValue): "
            + self.outcome.rawValue
    }
}

extension CaseCoverage.Cell {
    /// Why no state leads here; nil for a reachable cell.
    package var whyImpossible: String? {
        switch self.outcome {
        case .nothing: self.row == .neither && self.hasShadow ? nil : "something differs from what was agreed"
        case .agree: self.row == .neither && self.hasShadow ? "what was agreed stands" : nil
        case .push: self.whyNoWrite(from: .local)
        case .pull: self.whyNoWrite(from: .remote)
        case .wonLocal: self.whyNoWinner(.local)
        case .wonRemote: self.whyNoWinner(.remote)
        case .merged: self.whyNoMerge
        case .waiting:
            self.row == .same || (self.row == .neither && !self.hasShadow) ? "both sides say the same" : nil
        // A CRM that says nothing and holds of every kind stop every row; a fight may be decided at any time.
        case .left, .decided: nil
        }
    }

    private func travels(_ side: Side) -> Bool {
        self.direction == .both || self.direction == (side == .local ? .push : .pull)
    }

    private func whyNoWrite(from side: Side) -> String? {
        guard self.travels(side) else { return "the direction forbids it" }
        let own: ChangeRow = side == .local ? .local : .remote
        let other: ChangeRow = side == .local ? .remote : .local
        switch self.row {
        case own: return nil
        case other where self.hasShadow:
            return self.direction == .both ? nil : "a clear that does not travel is not filled, it drifts"
        case other: return "there is nothing to write"
        case .neither, .same: return "there is nothing to write"
        default: return "somebody's value loses, and that is logged"
        }
    }

    private func whyNoWinner(_ side: Side) -> String? {
        guard self.travels(side) else { return "the direction forbids it" }
        switch self.row {
        case .different: return nil
        case .local: return side == .remote && self.hasShadow ? nil : "nobody's value loses"
        case .remote: return side == .local && self.hasShadow ? nil : "nobody's value loses"
        case .neither, .same: return "nobody's value loses"
        }
    }

    private var whyNoMerge: String? {
        guard self.row == .different else { return "only two values are merged" }
        guard self.direction == .both else { return "a one-way field has a winner" }
        if self.hasShadow {
            let merging: [ConflictPolicy] = [.merge, .furthest, .mostRestrictive]
            return merging.contains(self.policy) ? nil : "the policy picks a side"
        }
        let lattices: [ConflictPolicy] = [.furthest, .mostRestrictive, .max, .min]
        return lattices.contains(self.policy) ? "initial: merge is for sets" : nil
    }
}
