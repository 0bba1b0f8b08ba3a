package import Records

/// Runs real records of a CRM through a mapping, both ways, and says what the files alone could not show.
///
/// Nothing is written. Values are shown only where they come from a list, never what somebody typed.
package struct LiveSample {
    /// A record as it was read.
    package struct Record: Sendable {
        /// The CRM's id.
        package let id: Text
        /// The values of `CompiledMapping.remoteProperties`, in that order.
        package let values: [Value]

        /// Creates a record.
        package init(id: Text, values: [Value]) {
            self.id = id
            self.values = values
        }
    }

    private let mapping: CompiledMapping
    private let records: [Record]
    private let context: any LensContext

    /// Creates the check of a sample; `context` knows the CRM's users.
    package init(_ mapping: CompiledMapping, _ records: [Record], in context: any LensContext) {
        self.mapping = mapping
        self.records = records
        self.context = context
    }

    /// A warning for each field and each thing that happens to some of its values, in the order of the fields.
    package func findings() -> [Diagnostic] {
        let taken = self.records.filter { self.mapping.takesIn(remote: $0.values) }
        guard !taken.isEmpty || self.records.isEmpty else {
            let count = Self.count(self.records.count, "record")
            return [
                Diagnostic(
                    .warning,
                    at: SourceLocation(file: self.mapping.file, line: 1, column: 1),
                    "filter.pull takes none of the \(count) of \(self.mapping.remoteObject) that were sampled",
                    mend: "compare the filter with a record of the CRM"
                )
            ]
        }
        return self.mapping.fields.indices.flatMap { self.findings(of: $0, in: taken) }
    }

    /// The records that one thing happens to.
    private struct Group {
        var count = 0
        let first: Text
        var values: [Text] = []
    }

    private func findings(of index: Int, in taken: [Record]) -> [Diagnostic] {
        let field = self.mapping.fields[index]
        guard field.direction != .push else { return [] }
        var unmapped: [String: Group] = [:]
        var broken: (count: Int, first: Text, law: LensCounterexample.Law)?
        var earlier: Value?
        for record in taken {
            guard let (result, remote) = self.result(of: index, record) else { continue }
            switch result {
            case .unmapped(let reason):
                var group = unmapped[reason] ?? Group(first: record.id)
                group.count += 1
                if case .text(let text) = remote, !group.values.contains(text) { group.values.append(text) }
                unmapped[reason] = group
            case .value(let local):
                if field.kind == .property, field.direction == .both,
                    let law = self.brokenLaw(field, [local, earlier].compactMap { $0 }, remote)
                {
                    broken = (1 + (broken?.count ?? 0), broken?.first ?? record.id, broken?.law ?? law)
                }
                earlier = local
            case .unlinked: break
            }
        }
        let reasons = unmapped.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return reasons.map { self.unmapped(field, $0.key, $0.value, of: taken.count) }
            + (broken.map { [self.broken(field, $0.count, $0.first, $0.law, of: taken.count)] } ?? [])
    }

    /// What a record gives a field, with the remote value; nil for associations, which are read by calls of their own.
    private func result(of index: Int, _ record: Record) -> (LensResult, Value)? {
        let field = self.mapping.fields[index]
        if field.kind == .computed { return (self.mapping.computedLocal(index, remote: record.values), .absent) }
        guard field.kind == .property else { return nil }
        let value = self.mapping.remoteValue(index, in: record.values)
        // What the mapping names as the CRM's word for nothing reads as blank.
        if value == field.rules.placeholder { return nil }
        return (field.lens.toLocal(value, previous: .absent, in: self.context), value)
    }

    /// The law that one of these local values breaks over the remote one; nil if none does.
    private func brokenLaw(_ field: MappingField, _ locals: [Value], _ remote: Value) -> LensCounterexample.Law? {
        guard let chain = field.lens as? LensChain else { return nil }
        return locals.lazy.compactMap { LensLaws.check(chain, $0, remote, 0, self.context)?.law }.first
    }

    private func unmapped(_ field: MappingField, _ reason: String, _ group: Group, of all: Int) -> Diagnostic {
        let lenses = (field.lens as? LensChain)?.lenses ?? []
        let hasTable = lenses.contains { $0 is EnumLens }
        let mend: String
        if hasTable {
            mend = "add them to the table, or say with else what they become"
        } else if lenses.contains(where: { $0 is OwnerLens }) {
            mend = "give the users of the CRM addresses of their own, or leave these records without an owner here"
        } else {
            mend = "correct them in the CRM, or change via; until then neither side writes them"
        }
        var values = ""
        if hasTable || field.type.isList {
            let shown = group.values.prefix(3).map { $0.string.prefix(40).debugDescription }
            let more = group.values.count > 3 ? " and \(group.values.count - 3) more" : ""
            if !shown.isEmpty { values = ": \(shown.joined(separator: ", "))\(more)" }
        }
        return Diagnostic(
            .warning,
            at: field.location,
            "\(group.count) of \(Self.count(all, "record")) have no counterpart for \(field.name), such as record "
                + "\(group.first.string.prefix(40).debugDescription) (\(reason)\(values))",
            mend: mend
        )
    }

    private func broken(
        _ field: MappingField,
        _ count: Int,
        _ first: Text,
        _ law: LensCounterexample.Law,
        of all: Int
    ) -> Diagnostic {
        Diagnostic(
            .warning,
            at: field.location,
            "\(count) of \(Self.count(all, "record")) have a \(field.name) that changes on a round trip, such as record "
                + "\(first.string.prefix(40).debugDescription) (\(law.rawValue))",
            mend: "change via, or add direction: pull"
        )
    }

    private static func count(_ number: Int, _ what: String) -> String {
        number == 1 ? "1 \(what)" : "\(number) \(what)s"
    }
}

extension PropertyType {
    /// Whether its values come from a list, so that they tell nothing about a person.
    fileprivate var isList: Bool {
        switch self {
        case .option, .stage: true
        case .set(let options): !options.isEmpty
        default: false
        }
    }
}
