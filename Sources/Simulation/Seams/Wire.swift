import FakeCRM
import Records
import Transport

/// What is wrong with an answer, before it becomes one of the transport.
enum Delivery: Sendable {
    case response(FakeResponse)
    case failure(TransportError)
}

extension HTTPRequest {
    /// The request as the fake CRM takes it.
    var faked: FakeRequest {
        FakeRequest(
            self.method.rawValue,
            self.target,
            headers: self.headers.fields,
            body: self.body ?? []
        )
    }

    /// The path with the query: what follows the host.
    private var target: String {
        let bytes = self.url.utf8
        var (slashes, place) = (0, bytes.startIndex)
        while place < bytes.endIndex {
            if bytes[place] == UInt8(ascii: "/") { slashes += 1 }
            if slashes == 3 { return String(self.url[place...]) }
            place = bytes.index(after: place)
        }
        return "/"
    }
}

extension FakeResponse {
    /// The answer as the transport gives it.
    var delivered: HTTPResponse {
        HTTPResponse(status: self.status, headers: HTTPHeaders(self.headers), body: PageBuffer(self.body))
    }

    /// A page as a proxy or a maintenance window sends it.
    static func page(_ status: Int) -> FakeResponse {
        let text = "<html><body><h1>\(status)</h1>Service temporarily unavailable</body></html>"
        return FakeResponse(
            status: status,
            headers: [(name: "Content-Type", value: "text/html")],
            body: Array(text.utf8)
        )
    }

    /// A refusal with the product's body.
    static func refusal(_ status: Int, category: String, headers: [(name: String, value: String)] = []) -> FakeResponse
    {
        let text = #"{"status":"error","message":"refused for now","correlationId":"0","category":"\#(category)"}"#
        let type = (name: "Content-Type", value: "application/json;charset=utf-8")
        return FakeResponse(status: status, headers: [type] + headers, body: Array(text.utf8))
    }
}

/// The forms in which a server says how long to wait.
enum RetryAfter {
    /// A header, or none, as the dice fall.
    static func header(_ dice: inout Dice, now: Instant) -> [(name: String, value: String)] {
        func field(_ value: String) -> [(name: String, value: String)] { [(name: "Retry-After", value: value)] }
        switch dice.below(7) {
        case 0: return []
        case 1: return field("-5")
        case 2: return field("soon")
        case 3: return field(String(dice.pick(30...900)))
        case 4: return field(Self.date(now.advanced(by: .seconds(dice.pick(-20...60)))))
        default: return field(String(dice.pick(1...10)))
        }
    }

    private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// An HTTP date (RFC 9110 5.6.7).
    static func date(_ instant: Instant) -> String {
        let (year, month, day) = instant.date.parts
        let seconds = Int(instant.milliseconds / 1000 % 86_400)
        // By bytes: every answer has one.
        var text: [UInt8] = []
        text.reserveCapacity(29)
        func two(_ number: Int, before next: StaticString) {
            text.append(UInt8(ascii: "0") + UInt8(number / 10))
            text.append(UInt8(ascii: "0") + UInt8(number % 10))
            next.withUTF8Buffer { text.append(contentsOf: $0) }
        }
        text.append(contentsOf: Self.days[Int(instant.date.days) % 7].utf8)
        text.append(contentsOf: ", ".utf8)
        two(day, before: " ")
        text.append(contentsOf: Self.months[month - 1].utf8)
        text.append(UInt8(ascii: " "))
        two(year / 100, before: "")
        two(year % 100, before: " ")
        two(seconds / 3600, before: ":")
        two(seconds / 60 % 60, before: ":")
        two(seconds % 60, before: " GMT")
        return String(decoding: text, as: UTF8.self)
    }
}
