/// An answer of the fake CRM, and what is to happen to it on its way.
package struct FakeResponse: Sendable {
    /// What becomes of the answer; anything but `deliver` is a fault that somebody asked for.
    package enum Delivery: Sendable, Equatable {
        /// The answer reaches the client.
        case deliver
        /// The connection closes before the first byte of the answer.
        case drop
        /// The answer waits until the hold of this number is released.
        case hold(Int)
        /// The connection closes after this many bytes of the body.
        case truncate(Int)
    }

    /// The HTTP status.
    package var status: Int
    /// Header fields, in the order they are sent.
    package var headers: [(name: String, value: String)]
    /// The body; empty for 204.
    package var body: [UInt8]
    /// Whether the answer reaches the client.
    package var delivery: Delivery
    /// How long the answer is held back before it is delivered, in milliseconds.
    package var delayMilliseconds: Int

    /// Creates an answer that is delivered at once.
    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
        self.delivery = .deliver
        self.delayMilliseconds = 0
    }

    /// The first value of a header, its name compared without case; nil when the header is absent.
    package func header(_ name: String) -> String? {
        self.headers.first { isSameHeaderName($0.name, name) }?.value
    }

    /// The body as text, for tests and error messages.
    package var text: String { String(decoding: self.body, as: UTF8.self) }
}
