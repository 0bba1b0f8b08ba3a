import Synchronization
import Transport

/// Keeps the parser of a layout from one page to the next, with its memory.
final class ParserSlot: Sendable {
    private let parser = Mutex<PageParser?>(nil)

    /// Calls a function with a page, as `PageParser.withPage` does; the layout must be the same each time.
    ///
    /// Pages that are read at the same time get a parser of their own.
    func withPage<Result: Sendable>(
        _ body: PageBuffer,
        _ layout: PageLayout,
        _ read: @Sendable (Page) throws -> Result
    ) throws -> Result {
        let result = try self.parser.withLockIfAvailable { parser -> Result in
            let kept = try parser ?? PageParser(layout)
            parser = kept
            return try kept.withPage(body, read)
        }
        return try result ?? PageParser(layout).withPage(body, read)
    }
}
