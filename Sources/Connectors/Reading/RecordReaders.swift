import Synchronization

/// The readers of an account's answers, kept with their parsers: planning one costs more than reading a small answer.
final class RecordReaders: Sendable {
    /// What an answer is asked for.
    enum Purpose: Hashable {
        case list
        case read
        case history
    }

    /// What tells readers apart.
    struct Key: Hashable {
        let purpose: Purpose
        /// The object of the records.
        let object: String
        /// The label of the request.
        let label: String
        /// The property that records are asked for by, and the other places that are looked at.
        var more: [String] = []
    }

    private let known = Mutex<[Key: (properties: [String], reader: RecordReader)]>([:])

    /// The reader of a request's answers with these properties; `make` is called where the latest one read others.
    func reader(_ key: Key, _ properties: [String], _ make: () -> RecordReader) -> RecordReader {
        if let known = self.known.withLock({ $0[key] }), known.properties == properties { return known.reader }
        let reader = make()
        self.known.withLock { known in
            // Histories are asked for in ever other combinations.
            if known.count >= Self.most { known = [:] }
            known[key] = (properties, reader)
        }
        return reader
    }

    private static let most = 64
}
