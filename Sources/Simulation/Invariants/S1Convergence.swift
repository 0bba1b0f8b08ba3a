/// S1: at rest both sides of each linked record say the same in every two-way field, or the difference is shown to a person.
package struct S1Convergence: Invariant {
    package let id = "S1"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        let fields = evidence.cells.filter { cell in
            // What a CRM fills in by itself, an owner or the date of a closing, is not taken over (R12, R1).
            cell.flag == nil && !((cell.field.form == .owner || cell.field.name == "close_date") && cell.local.isEmpty)
                && !cell.field.pulledFrom.contains(cell.home) && !cell.field.pushedTo.contains(cell.home)
                && !Canon.same(cell.field, local: cell.local, remote: cell.remote, characters: 20, decimals: nil)
        }
        .map { cell in
            let values = "\"\(cell.local)\" locally, \"\(cell.remote)\" in \(cell.home)"
            return self.violation(cell.subject, "\(cell.field.name) differs and nobody is told: \(values)")
        }
        let strays = evidence.strays.filter { $0.flag == nil }
            .map { stray in
                let place = stray.side == .local ? "our store" : "\(stray.home)"
                return self.violation(stray.subject, "a record of \(place) has no counterpart (\(stray.home))")
            }
        return fields + strays
    }
}
