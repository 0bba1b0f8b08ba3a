import Records

/// A mapping file with all that it includes, before it is compiled.
struct MappingSource {
    let root: YAMLNode
    /// Whether the file itself, or what it includes, has mistakes already.
    let hasErrors: Bool

    /// The mapping's name; nil if it says none.
    var name: String? { self.root["mapping"]?.scalar?.text }

    /// Which remote records the mapping takes; nil if it says nothing of that.
    var pullFilter: (text: String, location: SourceLocation)? {
        self.root["filter"]?["pull"].flatMap { node in node.scalar.map { ($0.text, node.location) } }
    }

    /// Whether both read one remote object and the other has the first choice: of two names the first by bytes.
    func comesAfter(_ other: MappingSource) -> Bool {
        guard let name, let otherName = other.name, Text(otherName) < Text(name) else { return false }
        func isSame(_ one: YAMLNode?, _ two: YAMLNode?) -> Bool {
            guard let one = one?.scalar?.text, let two = two?.scalar?.text else { return false }
            return one.hasSameBytes(as: two)
        }
        return isSame(self.root["connection"], other.root["connection"])
            && isSame(self.root["object"]?["remote"], other.root["object"]?["remote"])
    }
}
