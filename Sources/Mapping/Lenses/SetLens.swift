package import Records

/// Splits a text such as `a;b` into a set; order and repetition on the remote side stay while the elements do.
package struct SetLens: AgreementLens {
    /// What stands between the elements.
    package let separator: String

    /// Creates the transform; the separator must not be empty.
    package init(separator: String) {
        self.separator = separator
    }

    package var name: String { "set" }
    package var definition: String { "set(\(self.separator))" }
    package var lensClass: LensClass { .quotient }
    package var domain: String { "elements without the separator, and without white space at their ends" }
    package var canonicalForm: String { "sorted, without repetition, joined by \(self.separator)" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .set }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        Self.split(remote, by: self.separator) == local
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard let set = Self.split(remote, by: self.separator) else {
            return .unmapped("\(remote.kindName) where a list in a text is expected")
        }
        return .value(set.isBlank ? Blank.carried(.null, onto: previous) : set)
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard case .set(let elements) = local else { return .unmapped("\(local.kindName) where a set is expected") }
        let joined = Value.text(elements.map(\.string).joined(separator: self.separator))
        if self.isPlain(elements) { return .value(joined) }
        guard Self.split(joined, by: self.separator) == local else {
            return .unmapped("an element that contains the separator, or white space at an end")
        }
        return .value(joined)
    }

    /// Whether elements read back as they are, seen without splitting what they are joined to: in order, of ASCII at both
    /// ends, and without a separator of one byte in them.
    private func isPlain(_ elements: [Text]) -> Bool {
        let mark = self.separator.utf8
        guard mark.count == 1, let byte = mark.first else { return false }
        return zip(elements, elements.dropFirst()).allSatisfy { $0 < $1 }
            && elements.allSatisfy { element in
                let bytes = element.string.utf8
                guard let first = bytes.first, let last = bytes.last else { return false }
                return (0x21...0x7E).contains(first) && (0x21...0x7E).contains(last) && !bytes.contains(byte)
            }
    }

    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        if remote.isBlank { return .value(Blank.carried(remote, onto: local)) }
        guard let set = Self.split(remote, by: self.separator) else {
            return self.makeLocal(remote, previous: local, in: context)
        }
        // A text of nothing but separators is a blank.
        return .value(set.isBlank ? Blank.carried(.null, onto: local) : set)
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        let set = remote.isBlank ? nil : Self.split(remote, by: self.separator)
        let isRemoteBlank = remote.isBlank || set?.isBlank ?? false
        if local.isBlank { return .value(isRemoteBlank ? remote : local == .absent ? .absent : .null) }
        if !isRemoteBlank, set == local { return .value(remote) }
        return self.makeRemote(local, previous: remote, in: context)
    }

    private static func split(_ value: Value, by separator: String) -> Value? {
        guard case .text(let text) = value else { return nil }
        var (copy, mark) = (text.string, separator)
        let elements = copy.withUTF8 { bytes in mark.withUTF8 { Self.split(bytes, by: $0) } }
        return .set(of: elements)
    }

    private static func split(_ bytes: UnsafeBufferPointer<UInt8>, by mark: UnsafeBufferPointer<UInt8>) -> [Text] {
        var elements: [Text] = []
        func add(_ range: Range<Int>) {
            let element = TextBytes.trimmed(
                Text(String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self))
            )
            if !element.isEmpty { elements.append(element) }
        }
        var (start, index) = (0, 0)
        while index + mark.count <= bytes.count, let first = mark.first {
            if bytes[index] == first, mark.indices.allSatisfy({ bytes[index + $0] == mark[$0] }) {
                add(start..<index)
                index += mark.count
                start = index
            } else {
                index += 1
            }
        }
        add(start..<bytes.count)
        return elements
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        if source.oneIn(8) { return source.blank() }
        let elements = (0..<source.below(5)).map { _ in source.text().string }
        return .text(elements.joined(separator: source.oneIn(3) ? self.separator + " " : self.separator))
    }
}
