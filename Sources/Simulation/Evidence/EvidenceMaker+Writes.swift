import FakeCRM
import Records
import Store

/// Writes, and what a run knew when it made them.
extension EvidenceMaker {
    /// Writes of records that the same run had not read by their ids before, as a product without conditional writes needs.
    mutating func readGuards() {
        for home in Home.remotes {
            guard let crm = self.crms[home] else { continue }
            // Other numbers of so many digits are phones and times.
            let known = Set(ObjectType.allCases.flatMap { crm.ids($0) })
            var seen: [String: Set<Int64>] = [:]
            var poll: Int?
            for exchange in self.exchanges[home] ?? [] {
                if exchange.poll != poll { (poll, seen) = (exchange.poll, [:]) }
                let ids = known.intersection(exchange.ids)
                if exchange.path.hasSuffix("/batch/read") {
                    let type = String(exchange.path.dropLast("/batch/read".count))
                    if exchange.status == 200 || exchange.status == 207 { seen[type, default: []].formUnion(ids) }
                    continue
                }
                guard exchange.path.hasSuffix("/batch/update"), exchange.handledAt != nil else { continue }
                let type = String(exchange.path.dropLast("/batch/update".count))
                for id in ids.subtracting(seen[type] ?? []).sorted() {
                    let text = "\(home): \(exchange.path) writes \(id), which the run had not read"
                    self.evidence.unguarded.append((nil, text))
                }
            }
        }
    }
}
