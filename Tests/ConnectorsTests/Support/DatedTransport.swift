import Records
import Transport

/// A transport whose server tells the time.
struct DatedTransport: HTTPTransport {
    let inner: FakeTransport
    let time: TestTime

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        var response = try await self.inner.send(request)
        response.headers.set("Date", Self.text(self.time.now))
        return response
    }

    /// The form of RFC 9110 5.6.7; the day of the week is not looked at.
    static func text(_ instant: Instant) -> String {
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let (year, month, day) = instant.date.parts
        let clock = instant.description.split(separator: "T")[1].prefix(8)
        return "Sun, \(day < 10 ? "0" : "")\(day) \(months[month - 1]) \(year) \(clock) GMT"
    }
}
