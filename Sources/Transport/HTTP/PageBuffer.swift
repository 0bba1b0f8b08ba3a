/// The bytes of an answer, followed by the unused ones that simdjson's wide reads want.
///
/// A value: whoever holds it may read it for as long as they like. `HTTPTransport.recycle` reuses its memory, which
/// costs nothing when that was the last copy and is a fresh allocation when it was not.
package struct PageBuffer: Sendable {
    /// simdjson reads up to this many bytes behind the end (`SIMDJSON_PADDING`).
    static let padding = 64

    private var storage: [UInt8]
    /// The number of bytes.
    package private(set) var count: Int

    /// Makes an empty buffer.
    package init() {
        self.init([])
    }

    /// Makes a buffer of bytes.
    package init(_ bytes: [UInt8]) {
        var builder = Builder(reusing: bytes, keepingContents: true)
        self = builder.finish()
    }

    /// Makes a buffer of a text's UTF-8.
    package init(_ text: String) {
        self.init(Array(text.utf8))
    }

    /// The bytes as an array of their own.
    package var bytes: [UInt8] { Array(storage[..<count]) }

    /// The body as text, with U+FFFD for what is not UTF-8; for messages to people.
    package var text: String { String(decoding: storage[..<count], as: UTF8.self) }

    /// Calls a function with the bytes.
    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try storage.withUnsafeBufferPointer { buffer throws(Failure) in
            try body(UnsafeBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// Calls a function with the bytes and the padding behind them, and the number of those that count.
    func withPaddedBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>, Int) throws -> Result) rethrows -> Result {
        try storage.withUnsafeBufferPointer { try body($0, count) }
    }

    fileprivate init(storage: [UInt8], count: Int) {
        self.storage = storage
        self.count = count
    }

    /// Gives up the memory.
    consuming func takeStorage() -> [UInt8] { storage }
}

extension PageBuffer {
    /// Collects the pieces of a body in memory that may have served before.
    struct Builder {
        private var storage: [UInt8]

        /// Starts with an old buffer's memory, or with an array's contents.
        init(reusing storage: consuming [UInt8] = [], keepingContents: Bool = false) {
            self.storage = storage
            if !keepingContents { self.storage.removeAll(keepingCapacity: true) }
        }

        /// The number of bytes so far.
        var count: Int { storage.count }

        mutating func append(_ bytes: UnsafeRawBufferPointer) {
            storage.append(contentsOf: bytes)
        }

        /// Adds the padding and hands the bytes over; the builder is empty afterwards.
        mutating func finish() -> PageBuffer {
            let count = storage.count
            storage.append(contentsOf: repeatElement(0, count: PageBuffer.padding))
            let buffer = PageBuffer(storage: storage, count: count)
            storage = []
            return buffer
        }
    }
}
