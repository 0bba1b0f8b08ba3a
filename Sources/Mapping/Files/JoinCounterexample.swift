import CEL
import Records

/// Finds two records of which an expression makes the same text, which shows that it cannot be undone.
struct JoinCounterexample {
    /// The object whose records the expression may read.
    let object: ObjectSchema
    let lifecycle: Lifecycle

    /// What separates the words of a joined text.
    private static let separators = [" ", ", ", "-", ""]

    /// The two records in words; nil if the expression joins no two texts, or does not compile.
    func find(_ source: String) -> String? {
        let remote = Self.remoteProperties(of: source)
        let scope = ExpressionScope(object: self.object, remoteProperties: remote, lifecycle: self.lifecycle)
        if !remote.isEmpty, let program = try? scope.pull.compile(source) {
            return self.find(remote) { values in
                Self.text { () throws(CELError) in try program.evaluate(RemoteActivation(values)) }
            }
        }
        guard let program = try? scope.push.compile(source) else { return nil }
        let types = PropertyTypes(of: self.object, lifecycle: self.lifecycle)
        let names = self.object.properties.map { $0.type == .text ? $0.name : "" }
        return self.find(names) { values in
            Self.text { () throws(CELError) in try program.evaluate(LocalActivation(values, types: types)) }
        }
    }

    /// Tries the places of two texts after each other; a name without letters is no text.
    private func find(_ names: [String], _ run: ([Value]) -> Text?) -> String? {
        let blank = names.map { $0.isEmpty ? Value.absent : .text("x") }
        guard let base = run(blank) else { return nil }
        let used = names.indices.filter { index in
            guard !names[index].isEmpty else { return false }
            var values = blank
            values[index] = .text("y")
            return run(values) != base
        }
        for left in used {
            for right in used where right != left {
                for separator in Self.separators {
                    let one = ("Ada\(separator)Maria", "Lovelace")
                    let other = ("Ada", "Maria\(separator)Lovelace")
                    var (first, second) = (blank, blank)
                    (first[left], first[right]) = (.text(one.0), .text(one.1))
                    (second[left], second[right]) = (.text(other.0), .text(other.1))
                    guard let result = run(first), result == run(second) else { continue }
                    func show(_ pair: (String, String)) -> String {
                        "\(names[left]) \"\(pair.0)\" with \(names[right]) \"\(pair.1)\""
                    }
                    return "\(show(one)) and \(show(other)) both give \"\(result.string)\""
                }
            }
        }
        return nil
    }

    private static func text(_ run: () throws(CELError) -> CELValue) -> Text? {
        guard let value = try? run() else { return nil }
        return Value(value, as: .text)?.text
    }

    /// The names behind `remote.` and `remote.?`, in the order of their first use.
    static func remoteProperties(of source: String) -> [String] {
        let (bytes, mark) = (Array(source.utf8), Array("remote.".utf8))
        var names: [String] = []
        for start in bytes.indices where bytes[start...].starts(with: mark) {
            let rest = bytes[(start + mark.count)...].drop { $0 == 0x3F }
            let name = rest.prefix { byte in
                byte == 0x5F || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF)
            }
            let text = String(decoding: name, as: UTF8.self)
            if !text.isEmpty, !names.contains(where: { $0.hasSameBytes(as: text) }) { names.append(text) }
        }
        return names
    }
}
