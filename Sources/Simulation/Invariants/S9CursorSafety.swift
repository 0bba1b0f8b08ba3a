/// S9: no change of a CRM is overlooked: at rest, what the store believes of each linked record is what the CRM holds.
package struct S9CursorSafety: Invariant {
    package let id = "S9"

    package init() {}

    package func violations(in evidence: Evidence) -> [Violation] {
        evidence.cells.compactMap { cell in
            guard let believed = cell.believed, cell.flag != "missing",
                Canon.canon(believed, cell.field.form) != Canon.canon(cell.remote, cell.field.form)
            else { return nil }
            return self.violation(
                cell.subject,
                "\(cell.field.name): \(cell.home) holds \"\(cell.remote)\", and the store believes \"\(believed)\""
            )
        }
    }
}
