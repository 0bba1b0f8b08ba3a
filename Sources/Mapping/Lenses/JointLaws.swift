import Records

/// Tries the laws of DESIGN §5 on a text and all of its parts at once, as they travel together.
///
/// GetPut: whatever is read from a text and written back gives the text with the same parts. PutGet: what is written into
/// the parts of a text reads back as it was, the untouched parts included.
struct JointLaws {
    let mapping: CompiledMapping
    let joint: JointText

    /// All that the answer follows from: what stands before the parts, and each part's transforms, in their order; nil if
    /// a part has none that can be told.
    var chains: [LensChain]? {
        let parts = self.joint.members.compactMap { self.mapping.fields[$0].lens as? LensChain }
        return parts.count == self.joint.members.count ? [self.joint.before] + parts : nil
    }

    /// The first counterexample in words; nil if there is none among `samples` texts.
    func check(samples: Int, seed: UInt64) -> String? {
        var source = SampleSource(seed: seed)
        let context = SampleContext()
        let made = self.joint.members.map { position in
            (self.mapping.fields[position].lens as? LensChain).map { ChainSamples($0) }
        }
        for _ in 0..<samples {
            let whole = self.sample(&source)
            let parts = self.joint.parts(of: whole)
            if let again = self.joint.whole(parts), self.joint.parts(of: again) != parts {
                return "GetPut fails for \(whole): gives \(again) (seed \(seed))"
            }
            let locals = made.map { $0?.local(&source, context) ?? .null }
            if let broken = self.writeBack(locals, over: parts, context) {
                return "PutGet fails for \(locals.map(\.description).joined(separator: ", ")) over \(whole): "
                    + "gives \(broken) (seed \(seed))"
            }
        }
        return nil
    }

    /// What came back of local values that were written over parts; nil if they did, or could not be written.
    private func writeBack(_ locals: [Value], over parts: [Value], _ context: SampleContext) -> String? {
        var written = parts
        for (index, position) in self.joint.members.enumerated() {
            let lens = self.mapping.fields[position].lens
            guard case .value(let value) = lens.toRemote(locals[index], previous: parts[index], in: context) else {
                return nil
            }
            written[index] = value
        }
        guard let whole = self.joint.whole(written) else { return nil }
        for (index, value) in self.joint.parts(of: whole).enumerated() {
            let lens = self.mapping.fields[self.joint.members[index]].lens
            let result = lens.toLocal(value, previous: locals[index], in: context)
            if case .value(let read) = result, read == locals[index] || (read.isBlank && locals[index].isBlank) {
                continue
            }
            return whole.description
        }
        return nil
    }

    private func sample(_ source: inout SampleSource) -> Value {
        if source.oneIn(4) { return source.value(of: .text) }
        let words: [Text] = ["Ada", "Lovelace", "Grace", "O'Neil", "日本", "12 rue X", "75001"]
        let count = source.oneIn(4) ? source.below(5) : self.joint.members.count
        let parts = (0..<count).map { _ in source.pick(words)?.string ?? "" }
        return .text(parts.joined(separator: self.joint.form.separator))
    }
}
