import Records

/// The keys of a set of paths as a tree, for the lenient reader.
final class PathTree {
    final class Node {
        fileprivate var children: [(key: [UInt8], node: Node)] = []
        /// The slots that take the value as a whole.
        fileprivate(set) var slots: [Int] = []
        /// The slot that takes what a tail of keys leads to in each element of the array here.
        fileprivate(set) var gather: (tail: [[UInt8]], slot: Int)?

        fileprivate func descend(_ key: String) -> Node {
            let bytes = Array(key.utf8)
            if let child = children.first(where: { $0.key == bytes }) { return child.node }
            let node = Node()
            children.append((key: bytes, node: node))
            return node
        }

        /// The node a key leads to; a key that cannot be decoded leads nowhere.
        func child(_ key: JSONScanner.RawString, in scanner: JSONScanner) -> Node? {
            guard !children.isEmpty, let bytes = scanner.decoded(key) else { return nil }
            return children.first { $0.key == bytes }?.node
        }
    }

    let root = Node()

    init(_ paths: [(path: JSONPath, slot: Int)]) {
        for (path, slot) in paths {
            let end = path.keys.prefix(path.each ?? path.keys.count).reduce(root) { $0.descend($1) }
            if let each = path.each {
                end.gather = (tail: path.keys.dropFirst(each).map { Array($0.utf8) }, slot: slot)
            } else {
                end.slots.append(slot)
            }
        }
    }
}

extension JSONScanner {
    /// A string's decoded bytes; `nil` when they cannot be decoded.
    func decoded(_ string: RawString) -> [UInt8]? {
        var bytes: [UInt8] = []
        do {
            try decode(string, into: &bytes)
            return bytes
        } catch {
            return nil
        }
    }
}
