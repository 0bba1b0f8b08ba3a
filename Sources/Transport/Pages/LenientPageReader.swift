import CSimdjson
import Records

/// Reads a page record by record in plain Swift, for the pages that simdjson refuses as a whole.
///
/// Slower by an order of magnitude and used for one page in a great many. It follows the same rules as the fast way,
/// so that which of the two read a page cannot be told from its good records.
final class LenientPageReader {
    private let layout: PageLayout
    private let recordTree: PathTree
    private let rootTree: PathTree

    init(_ layout: PageLayout) {
        self.layout = layout
        recordTree = PathTree(layout.recordPaths)
        rootTree = PathTree(
            layout.outer.enumerated().map { (path: $1, slot: $0) } + [(path: layout.records, slot: layout.outer.count)]
        )
    }

    func withPage<Result>(_ scanner: JSONScanner, _ body: (Page) throws -> Result) throws -> Result {
        var reading = LenientPage(width: layout.width, outerWidth: layout.outer.count)
        do throws(JSONError) {
            var scanner = scanner
            try readRoot(&scanner, &reading)
            guard scanner.peek() == nil else { throw JSONError(.trailingBytes, at: scanner.offset) }
        } catch {
            throw PageError.malformed(error)
        }
        guard reading.found || (layout.recordsMayBeAbsent && !reading.isSomethingElse) else {
            throw PageError.noRecords
        }
        return try reading.withPage(layout, body)
    }

    private func readRoot(_ scanner: inout JSONScanner, _ page: inout LenientPage) throws(JSONError) {
        guard !layout.records.keys.isEmpty else { return try readRecords(&scanner, &page) }
        guard scanner.peek() == UInt8(ascii: "{") else {
            page.isSomethingElse = true
            var scratch: [UInt8] = []
            _ = try scanner.checkedValue(scratch: &scratch)
            return
        }
        var row = LenientRow(width: layout.outer.count + 1)
        try walk(&scanner, rootTree.root, &row, &page) { [layout] node, scanner, page throws(JSONError) in
            guard node.slots.contains(layout.outer.count) else { return false }
            try self.readRecords(&scanner, &page)
            return true
        }
        if let problem = row.problem { throw problem }
        page.outer = Array(row.values.dropLast())
    }

    private func readRecords(_ scanner: inout JSONScanner, _ page: inout LenientPage) throws(JSONError) {
        guard !page.found else { throw JSONError(.duplicateKey, at: scanner.offset) }
        let opening: UInt8 = layout.shape == .one ? UInt8(ascii: "{") : UInt8(ascii: "[")
        guard scanner.peek() == opening else {
            page.isSomethingElse = scanner.peek() != UInt8(ascii: "n")
            _ = try scanner.skipValue(maximumDepth: .max)
            return
        }
        page.found = true
        guard layout.shape == .list else { return try readRecord(&scanner, &page) }
        try scanner.expect(UInt8(ascii: "["))
        guard !scanner.take(UInt8(ascii: "]")) else { return }
        repeat { try readRecord(&scanner, &page) } while try scanner.goesOn(to: UInt8(ascii: "]"))
    }

    /// Finds the record's end by its brackets first, so that whatever is wrong inside stays inside.
    private func readRecord(_ scanner: inout JSONScanner, _ page: inout LenientPage) throws(JSONError) {
        let range = try scanner.skipValue(maximumDepth: .max)
        let index = page.positions.count + page.bad.count
        guard scanner.bytes[range.lowerBound] == UInt8(ascii: "{") else {
            page.bad.append(BadRecord(index: index, reason: .notAnObject, id: nil, range: range))
            return
        }
        let mark = page.arena.count
        var row = LenientRow(width: layout.width)
        var inner = JSONScanner(scanner.bytes, at: range.lowerBound)
        do throws(JSONError) {
            try walk(&inner, recordTree.root, &row, &page)
        } catch {
            row.note(error)
        }
        if row.problem == nil, inner.offset != range.upperBound {
            row.note(JSONError(.unexpectedByte, at: inner.offset))
        }
        guard let problem = row.problem else {
            page.append(row, at: index)
            return
        }
        let id = page.text(row.values[PageLayout.Row.id])
        page.arena.removeLast(page.arena.count - mark)
        page.bad.append(BadRecord(index: index, reason: .json(problem), id: id, range: range))
    }

    private typealias Intercept = (PathTree.Node, inout JSONScanner, inout LenientPage) throws(JSONError) -> Bool

    /// Goes through an object's members; problems inside a value are noted in the row and the reading goes on.
    private func walk(
        _ scanner: inout JSONScanner,
        _ node: PathTree.Node,
        _ row: inout LenientRow,
        _ page: inout LenientPage,
        _ intercept: Intercept = { _, _, _ in false }
    ) throws(JSONError) {
        try scanner.expect(UInt8(ascii: "{"))
        guard !scanner.take(UInt8(ascii: "}")) else { return }
        repeat {
            guard scanner.peek() == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: scanner.offset) }
            let key = try scanner.string()
            try scanner.expect(UInt8(ascii: ":"))
            if let next = node.child(key, in: scanner) {
                if try !intercept(next, &scanner, &page) {
                    try enter(&scanner, next, &row, &page, intercept)
                }
            } else {
                _ = try scanner.skipValue(maximumDepth: .max)
            }
        } while try scanner.goesOn(to: UInt8(ascii: "}"))
    }

    private func enter(
        _ scanner: inout JSONScanner,
        _ node: PathTree.Node,
        _ row: inout LenientRow,
        _ page: inout LenientPage,
        _ intercept: Intercept
    ) throws(JSONError) {
        let byte = scanner.peek()
        if node.slots.isEmpty, node.gather == nil, byte == UInt8(ascii: "{") {
            return try walk(&scanner, node, &row, &page, intercept)
        }
        let range = try scanner.skipValue(maximumDepth: .max)
        do throws(JSONError) {
            if let gather = node.gather {
                guard byte == UInt8(ascii: "[") else { return }
                try row.set(gather.slot, to: page.gather(range, in: scanner, gather.tail), at: range.lowerBound)
            } else if !node.slots.isEmpty {
                let value = try page.take(range, in: scanner)
                for slot in node.slots { try row.set(slot, to: value, at: range.lowerBound) }
            }
        } catch {
            row.note(error)
        }
    }
}
