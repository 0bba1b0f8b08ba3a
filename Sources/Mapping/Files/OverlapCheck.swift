import CEL
import Records

/// Looks for a record that two mappings of one remote object would both take; the first of them gets it (R17).
///
/// The values that the filters name are tried in all places. A record that is found is a proof; none is none.
struct OverlapCheck {
    let findings: Findings
    let schema: Schema

    private static let tries = 300

    /// Warns of the first mapping before `source` that takes something of what `source` is to take.
    func run(_ source: MappingSource, among all: [MappingSource]) {
        guard let own = source.pullFilter else { return }
        for other in all where source.comesAfter(other) {
            guard let filter = other.pullFilter, let name = other.name,
                let found = self.record(passing: own.text, and: filter.text)
            else { continue }
            self.findings.warning(
                at: own.location,
                "a record with \(found) passes the filter of \(name), too, which gets it, as its name comes first",
                mend: "let the filters exclude each other, or leave it so if that is meant"
            )
            return
        }
    }

    /// The values of a record that passes both filters, in words; nil if none is found.
    private func record(passing one: String, and other: String) -> String? {
        let names = JoinCounterexample.remoteProperties(of: one + " " + other)
        guard !names.isEmpty, let object = self.schema.objects.first else { return nil }
        let scope = ExpressionScope(object: object, remoteProperties: names, lifecycle: self.schema.lifecycle)
        guard let first = try? scope.pull.compile(one), let second = try? scope.pull.compile(other) else { return nil }
        let values = [Value.null, .text("x")] + Self.literals(of: one + " " + other).map { .text($0) }
        var source = SampleSource(seed: 1)
        for number in 0..<Self.tries {
            let record = names.indices.map { _ in
                number < values.count ? values[number] : source.pick(values) ?? .null
            }
            let passes = [first, second].allSatisfy { ((try? $0.matches(RemoteActivation(record))) ?? nil) ?? false }
            guard passes else { continue }
            return zip(names, record).map { name, value in
                if case .text(let text) = value { "\(name) \"\(text)\"" } else { "no \(name)" }
            }
            .joined(separator: " and ")
        }
        return nil
    }

    /// The texts that an expression compares with.
    private static func literals(of source: String) -> [Text] {
        var texts: [Text] = []
        for quote in [UInt8(ascii: "'"), UInt8(ascii: "\"")] {
            let pieces = Array(source.utf8).split(separator: quote, omittingEmptySubsequences: false)
            texts += pieces.indices.filter { $0 % 2 == 1 }.map { Text(String(decoding: pieces[$0], as: UTF8.self)) }
        }
        return texts
    }
}
