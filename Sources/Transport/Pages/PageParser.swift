import CSimdjson
import Records

#if canImport(Glibc)
import Glibc
#endif

/// Reads pages of records of one layout at simdjson's speed, and never loses a page to one bad record.
///
/// Not `Sendable`: its memory is used again for every page, so that each reader has one of its own.
package final class PageParser {
    /// What the parser looks for.
    package let layout: PageLayout
    private let parser: OpaquePointer
    private let lenient: LenientPageReader
    private var scratch: [UInt8] = []
    private var isReading = false

    /// Compiles a layout; throws `PageLayoutError` when one pass over a page cannot follow it.
    package init(_ layout: PageLayout) throws {
        try layout.check()
        let shape = layout.shape == .one ? CSJ_ONE : CSJ_LIST
        guard let parser = csj_new(layout.width, layout.outer.count, Int32(bitPattern: shape.rawValue)) else {
            throw PageLayoutError(message: "no memory for a parser")
        }
        self.layout = layout
        self.parser = parser
        lenient = LenientPageReader(layout)
        Self.withKeys(layout.records) { csj_records(parser, $0, $1, $2) }
        for (path, slot) in layout.recordPaths {
            Self.withKeys(path) { csj_path(parser, 0, $0, $1, $2, path.each ?? -1, slot) }
        }
        for (slot, path) in layout.outer.enumerated() {
            Self.withKeys(path) { csj_path(parser, 1, $0, $1, $2, path.each ?? -1, slot) }
        }
    }

    deinit { csj_free(parser) }

    /// The name of simdjson's implementation for this processor, for `doctor`.
    package static var implementation: String { String(cString: csj_implementation()) }

    /// Reads a page and calls a function with it; throws `PageError` when the answer as a whole is no page.
    ///
    /// Slices of the page must not leave the function. The same key twice in a record, U+0000 or half a surrogate pair
    /// in a wanted string, a malformed number or value: each makes that record a `BadRecord`. What is not wanted is
    /// not looked at.
    package func withPage<Result>(_ buffer: PageBuffer, _ body: (Page) throws -> Result) throws -> Result {
        precondition(!isReading, "a page inside a page: the outer one's slices would change under it")
        isReading = true
        defer { isReading = false }
        return try buffer.withPaddedBytes { bytes, count in
            var page = csj_page()
            let start = Self.startOfText(bytes, count)
            let code = csj_parse(
                parser,
                bytes.baseAddress?.advanced(by: start),
                count - start,
                bytes.count - start,
                &page
            )
            guard code == CSJ_OK, isClean(page) else {
                let text = UnsafeBufferPointer(rebasing: bytes[..<count])
                return try lenient.withPage(JSONScanner(text, at: start), body)
            }
            guard page.found != 0 || layout.recordsMayBeAbsent else { throw PageError.noRecords }
            return try body(Page(rows: page.slices, count: page.records, outer: page.outer, layout: layout))
        }
    }

    /// simdjson takes U+0000 for text and a raw slice for whatever its brackets enclose; neither may pass.
    private func isClean(_ page: csj_page) -> Bool {
        if let text = page.text, let end = page.text_end, memchr(text, 0, end - text) != nil { return false }
        guard page.raws > 0 else { return true }
        return areValid(page.slices, count: page.records * layout.width)
            && areValid(page.outer, count: layout.outer.count)
    }

    private func areValid(_ slices: UnsafePointer<csj_slice>?, count: Int) -> Bool {
        for slice in UnsafeBufferPointer(start: slices, count: count) where slice.kind == CSJ_RAW.rawValue {
            var scanner = JSONScanner(UnsafeBufferPointer(start: slice.p, count: Int(slice.n)))
            guard let range = try? scanner.checkedValue(scratch: &scratch), range.count == Int(slice.n) else {
                return false
            }
        }
        return true
    }

    /// A byte order mark, which RFC 8259 lets a reader ignore, is skipped.
    private static func startOfText(_ bytes: UnsafeBufferPointer<UInt8>, _ count: Int) -> Int {
        count >= 3 && bytes[0] == 0xEF && bytes[1] == 0xBB && bytes[2] == 0xBF ? 3 : 0
    }

    private static func withKeys(
        _ path: JSONPath,
        _ body: (UnsafePointer<UnsafePointer<CChar>?>, UnsafePointer<Int>, Int) -> Void
    ) {
        let lengths = path.keys.map(\.utf8.count)
        let copies = path.keys.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        body(copies.map { UnsafePointer($0) }, lengths, lengths.count)
    }
}
