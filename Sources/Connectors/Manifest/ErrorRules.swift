import Records

/// What an answer means that is no plain success.
struct ErrorRules: Sendable {
    /// What to do about an answer; the first four are Airbyte's words.
    enum Action: String, Sendable, CaseIterable {
        /// All is well in spite of its looks.
        case success = "SUCCESS"
        /// Refused for good; nothing was written.
        case fail = "FAIL"
        /// A passing fault, and certainly nothing was written.
        case retry = "RETRY"
        /// Too many requests.
        case rateLimited = "RATE_LIMITED"
        /// The token is not accepted any more.
        case refreshToken = "REFRESH_TOKEN_THEN_RETRY"
        /// The credentials lack a permission.
        case forbidden = "FORBIDDEN"
        /// The record exists already, under an id that the answer names.
        case link = "LINK"
        /// The record changed since it was read.
        case conflict = "CONFLICT"
        /// The record does not exist any more.
        case gone = "GONE"
        /// It may have been carried out or not.
        case unknown = "UNKNOWN"
    }

    /// One test of an answer, and what follows from it if all conditions hold.
    struct Filter: Sendable {
        let codes: [Int]
        let path: AnswerPath?
        let equals: JSON?
        let contains: String?
        let messageContains: String?
        /// Whether the field that the answer names must be one that was sent.
        let namesSentProperty: Bool
        /// Properties of which none may have been sent.
        let unlessSent: [String]
        let action: Action
        /// Where the message is in such answers, if not in the usual place.
        let message: AnswerPath?
        /// How long to wait at least, for rate limits.
        let wait: Duration?
    }

    /// A way to find a text in an answer: all of it, or what stands between two others.
    struct Finder: Sendable {
        let path: AnswerPath
        let after: String?
        let until: String?
        /// Whether what is found is a property's label rather than its name.
        let isLabel: Bool
    }

    /// How long the server asks to wait.
    struct RetryAfter: Sendable {
        let header: String
        /// Numbers above this are milliseconds.
        let millisecondsAbove: Int?
        /// The longest wait that is believed.
        let limit: Duration
    }

    /// The path that leads somewhere only in errors, for products that answer 200 to everything.
    let present: AnswerPath?
    /// Where messages are, the best first.
    let messages: [AnswerPath]
    let fields: [Finder]
    let existingID: [Finder]
    /// What must not be repeated in messages: whatever stands between the two texts.
    let scrub: [(after: String, until: String)]
    let retryAfter: RetryAfter
    let filters: [Filter]
}

extension ErrorRules.Finder {
    /// The text in an answer; nil if it is not there.
    func find(in answer: JSON) -> String? {
        guard let found = self.path.first(in: answer).flatMap(Template.text) else { return nil }
        return found.between(self.after, self.until)
    }
}

extension String {
    /// What stands between the first `start` and the next `end`, by bytes; a missing `end` means up to white space.
    func between(_ start: String?, _ end: String?) -> String? {
        guard let start else { return self.isEmpty ? nil : self }
        let bytes = Array(self.utf8)
        guard let begin = bytes.place(of: Array(start.utf8), from: 0).map({ $0 + start.utf8.count }) else { return nil }
        let stop: Int?
        if let end {
            stop = bytes.place(of: Array(end.utf8), from: begin)
        } else {
            stop = bytes[begin...].firstIndex { $0 <= 0x20 } ?? bytes.count
        }
        guard let stop, stop > begin else { return nil }
        return String(decoding: bytes[begin..<stop], as: UTF8.self)
    }
}

extension [UInt8] {
    /// Where `other` begins, at `start` or later.
    func place(of other: [UInt8], from start: Int) -> Int? {
        guard !other.isEmpty, self.count - start >= other.count else { return nil }
        return (start...(self.count - other.count)).first { index in
            self[index] == other[0] && self[index..<(index + other.count)].elementsEqual(other)
        }
    }
}
