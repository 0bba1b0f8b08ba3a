import Records

extension BatchWriter {
    /// Ties the results and errors of an answer to the inputs; inputs that it does not mention are left out.
    func matched(_ answer: JSON, _ inputs: [EncodedInput]) -> Results {
        var results: Results = [:]
        self.matchErrors(answer, inputs, &results)
        guard let rule = self.rule.results else {
            let failed = self.rule.errors.map { !$0.list.elements(in: answer).isEmpty } ?? false
            for input in inputs where results[input.index] == nil && !failed {
                results[input.index] = RemoteWriteResult(outcome: self.success(input, id: nil, version: nil))
            }
            return results
        }
        let elements = rule.records.elements(in: answer)
        var doubtful: Set<Int> = []
        for (place, element) in elements.enumerated() {
            guard let input = self.input(for: element, at: place, of: elements.count, inputs, rule) else { continue }
            // Two answers for one input: neither can be trusted.
            guard results[input.index] == nil else {
                doubtful.insert(input.index)
                continue
            }
            results[input.index] = self.result(element, input, rule)
        }
        for index in doubtful {
            results[index] = RemoteWriteResult(outcome: .unknown(reason: "the answer has two results for it"))
        }
        return results
    }

    private func matchErrors(_ answer: JSON, _ inputs: [EncodedInput], _ results: inout Results) {
        guard let rule = self.rule.errors else { return }
        var stray: [CallFailure] = []
        for error in rule.list.elements(in: answer) {
            let failure = self.account.caller.failure(of: error, inputs)
            let names = rule.trace?.all(in: error).compactMap(Template.text) ?? []
            let named = inputs.filter { input in names.contains { $0.hasSameBytes(as: input.write.key) } }
            for input in named { results[input.index] = RemoteWriteResult(outcome: failure.outcome) }
            if named.isEmpty { stray.append(failure) }
        }
        // An error without a name, and one input: it can be about nothing else.
        if let only = stray.first, inputs.count == 1, results.isEmpty {
            results[inputs[0].index] = RemoteWriteResult(outcome: only.outcome)
        }
    }

    private func input(
        for element: JSON,
        at place: Int,
        of count: Int,
        _ inputs: [EncodedInput],
        _ rule: WriteRule.Results
    ) -> EncodedInput? {
        if Breakage.answersByPosition.isOn { return place < inputs.count ? inputs[place] : nil }
        for match in rule.match {
            let found: EncodedInput?
            switch match {
            case .position: found = count == inputs.count ? inputs[place] : nil
            case .trace(let path):
                let name = path.first(in: element).flatMap(Template.text)
                found = name.flatMap { name in inputs.first { $0.write.key.hasSameBytes(as: name) } }
            case .id(let path):
                let id = path.first(in: element).flatMap(Template.text).map { Text($0) }
                found = id.flatMap { id in inputs.first { $0.write.id == id } }
            case .property(let name): found = self.input(with: name, in: element, inputs)
            }
            if let found { return found }
        }
        return nil
    }

    /// The one input that has the same value of a property; nil if several do.
    private func input(with property: String, in element: JSON, _ inputs: [EncodedInput]) -> EncodedInput? {
        let path = self.rules.path(of: property)
        guard let value = path.first(in: element).flatMap(Template.text), !value.utf8.isEmpty else { return nil }
        let found = inputs.filter { input in
            input.write.properties.contains { $0.name.hasSameBytes(as: property) && $0.value.text == Text(value) }
        }
        return found.count == 1 ? found[0] : nil
    }

    private func result(_ element: JSON, _ input: EncodedInput, _ rule: WriteRule.Results) -> RemoteWriteResult {
        let id = (rule.id ?? self.rules.record.id).first(in: element).flatMap(Template.text).map { Text($0) }
        let versions = self.rules.record.versions.flatMap { $0.all(in: element) }
            .compactMap { self.account.manifest.values.instant($0)?.microseconds }
        let values = input.write.properties.compactMap { property -> RemotePropertyWrite? in
            let rules = self.rules.properties[property.name]
            guard rules?.subRecord == nil, rules?.codes == nil,
                let json = self.rules.path(of: property.name).first(in: element)
            else {
                return nil
            }
            let separator = self.account.manifest.values.separator
            let value = rules?.form?.decoded(json, separator: separator) ?? self.account.manifest.values.decoded(json)
            return value.map { RemotePropertyWrite(name: property.name, value: $0) }
        }
        return RemoteWriteResult(outcome: self.success(input, id: id, version: versions.max()), values: values)
    }

    /// What a success means: a create without an id is none.
    private func success(_ input: EncodedInput, id: Text?, version: Int64?) -> Outcome {
        guard !self.isCreate else {
            return id.map { .created(id: $0, version: version) } ?? .unknown(reason: "the answer names no id")
        }
        if let id, let asked = input.write.id, id != asked, !Breakage.anotherIDIsOurs.isOn { return .remapped(id: id) }
        return .updated(version: version)
    }
}
