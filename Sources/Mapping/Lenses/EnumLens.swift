package import Records

/// Translates the values of a table; each element of a set by itself.
///
/// A value without a row is unmapped (R14), unless `else` says otherwise. In a set, elements without a row stay on their
/// own side and the others travel.
package struct EnumLens: AgreementLens {
    /// What becomes of values without a row.
    package enum Otherwise: Hashable, Sendable {
        /// They are unmapped; nothing is written.
        case unmapped
        /// They pass as they are.
        case pass
        /// An unknown remote value reads as `local`, an unknown local one is written as `remote`; nil leaves it unmapped.
        case fallback(local: Text?, remote: Text?)
    }

    /// A row of the table.
    package struct Row: Hashable, Sendable {
        /// Our value.
        package let local: Text
        /// The CRM's value.
        package let remote: Text
    }

    /// The rows, local value first, in the order of the file.
    package let rows: [Row]
    /// What becomes of values without a row.
    package let otherwise: Otherwise
    private let toRemote: TextTable
    private let toLocal: TextTable

    /// Creates the transform.
    ///
    /// Of several rows with one local value the first is written, and all are read. Of several rows with one remote value
    /// that of `otherwise`'s local value is read, else the first.
    package init(_ rows: [(local: Text, remote: Text)], otherwise: Otherwise = .unmapped) {
        self.rows = rows.map { Row(local: $0.local, remote: $0.remote) }
        self.otherwise = otherwise
        let toRemote = Dictionary(rows.map { ($0.local, $0.remote) }, uniquingKeysWith: { first, _ in first })
        var toLocal = Dictionary(rows.map { ($0.remote, $0.local) }, uniquingKeysWith: { first, _ in first })
        if case .fallback(let local?, _) = otherwise, let remote = toRemote[local] { toLocal[remote] = local }
        self.toRemote = TextTable(toRemote)
        self.toLocal = TextTable(toLocal)
    }

    package var name: String { "enum" }
    package var lensClass: LensClass {
        if self.toLocal.count != self.toRemote.count { return .quotient }
        return self.otherwise == .unmapped ? .iso : .partial
    }
    package var domain: String { "the \(self.rows.count) rows of the table" }

    package var definition: String {
        let rows = self.rows.map { "\($0.local.string)=\($0.remote.string)" }.sorted().joined(separator: ",")
        return "enum{\(rows)}\(self.otherwise)"
    }

    // Both ways look a text up once where that settles it.
    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        guard case .text(let wanted) = remote, !wanted.isEmpty, case .text(let held) = local, !held.isEmpty,
            let read = self.read(wanted)
        else { return self.carryToLocal(remote, previous: local, in: context) }
        return .value(read == held || self.written(held) == wanted ? local : .text(read))
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        guard case .text(let wanted) = local, !wanted.isEmpty, case .text(let held) = remote, !held.isEmpty,
            let written = self.written(wanted)
        else { return self.carryToRemote(local, previous: remote, in: context) }
        return .value(written == held || self.read(held) == wanted ? remote : .text(written))
    }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        if case .text(let local) = local, case .text(let remote) = remote {
            return self.written(local) == remote || self.read(remote) == local
        }
        return self.makeLocal(remote, previous: local, in: context) == .value(local)
            || self.makeRemote(local, previous: remote, in: context) == .value(remote)
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        switch remote {
        case .text(let text):
            return self.read(text).map { .value(.text($0)) } ?? .unmapped("a value without a row in the table")
        case .set(let elements):
            let kept = previous.elements.filter { self.written($0) == nil }
            return Self.unlessBlank(.set(of: elements.compactMap { self.read($0) } + kept))
        default: return .unmapped("\(remote.kindName) where the table has text")
        }
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        switch local {
        case .text(let text):
            return self.written(text).map { .value(.text($0)) } ?? .unmapped("a value without a row in the table")
        case .set(let elements):
            let kept = previous.elements.filter { self.read($0) == nil }
            return Self.unlessBlank(.set(of: elements.compactMap { self.written($0) } + kept))
        default: return .unmapped("\(local.kindName) where the table has text")
        }
    }

    func remains(of value: Value, on side: Side, in context: any LensContext) -> Value {
        .set(value.elements.filter { side == .remote ? self.read($0) == nil : self.written($0) == nil })
    }

    /// A set of nothing but unknown elements is no clear.
    private static func unlessBlank(_ set: Value) -> LensResult {
        set.isBlank ? .unmapped("values without a row in the table") : .value(set)
    }

    private func read(_ remote: Text) -> Text? {
        if let local = self.toLocal[remote] { return local }
        return switch self.otherwise {
        case .unmapped: nil
        case .pass: remote
        case .fallback(let local, _): local
        }
    }

    private func written(_ local: Text) -> Text? {
        if let remote = self.toRemote[local] { return remote }
        return switch self.otherwise {
        case .unmapped: nil
        case .pass: local
        case .fallback(_, let remote): remote
        }
    }

    package func sampleLocal(_ source: inout SampleSource) -> Value {
        self.sample(&source, self.rows.map(\.local))
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        self.sample(&source, self.rows.map(\.remote))
    }

    private func sample(_ source: inout SampleSource, _ known: [Text]) -> Value {
        if source.oneIn(8) { return source.value(of: .text) }
        if source.oneIn(4) {
            return .set(
                of: (0..<source.below(4)).compactMap { _ in source.oneIn(4) ? source.text() : source.pick(known) }
            )
        }
        return source.pick(known).map { .text($0) } ?? .null
    }
}

extension Value {
    /// The elements of a set; none for every other value.
    var elements: [Text] {
        if case .set(let elements) = self { elements } else { [] }
    }
}
