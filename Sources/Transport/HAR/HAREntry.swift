import Records

/// One exchange as an entry of an HTTP Archive (`entries` of HAR 1.2).
struct HAREntry {
    private var writer = JSONWriter()
    private let redactor: Redactor

    /// The entry as JSON.
    var bytes: [UInt8] { writer.bytes }

    /// An exchange with an answer.
    init(_ request: HTTPRequest, _ response: HTTPResponse, started: Int, ended: Int, _ redactor: Redactor) {
        self.redactor = redactor
        write(request, started: started, ended: ended) { $0.write(response, isHidden: request.hidesBodies) }
    }

    /// An exchange without one.
    init(_ request: HTTPRequest, comment: String, started: Int, ended: Int, _ redactor: Redactor) {
        self.redactor = redactor
        write(request, started: started, ended: ended) { entry in
            entry.write(HTTPResponse(status: 0), isHidden: false, comment: comment)
        }
    }

    private mutating func write(
        _ request: HTTPRequest,
        started: Int,
        ended: Int,
        response: (inout HAREntry) -> Void
    ) {
        writer.raw(#"{"startedDateTime":"#)
        writer.quoted(Self.timestamp(started))
        writer.raw(#","time":"#)
        writer.number(max(0, ended - started))
        if !request.label.isEmpty {
            writer.raw(#","comment":"#)
            writer.quoted(request.label)
        }
        writer.raw(#","request":"#)
        write(request)
        writer.raw(#","response":"#)
        response(&self)
        writer.raw(#","cache":{},"timings":{"send":0,"wait":"#)
        writer.number(max(0, ended - started))
        writer.raw(#","receive":0}}"#)
    }

    private mutating func write(_ request: HTTPRequest) {
        let url = redactor.url(request.url)
        writer.raw(#"{"method":"#)
        writer.quoted(request.method.rawValue)
        writer.raw(#","url":"#)
        writer.quoted(url)
        writer.raw(#","httpVersion":"HTTP/1.1","cookies":[],"queryString":"#)
        writeQuery(of: url)
        write(request.headers)
        writer.raw(#","bodySize":"#)
        writer.number(request.body?.count ?? 0)
        if let body = request.body { writePostData(body, request) }
        writer.byte(UInt8(ascii: "}"))
    }

    private mutating func writePostData(_ body: [UInt8], _ request: HTTPRequest) {
        let type = request.headers["Content-Type"]
        writer.raw(#","postData":{"mimeType":"#)
        writer.quoted(type ?? "application/octet-stream")
        let bytes = redactor.body(body, contentType: type)
        if request.hidesBodies {
            writer.raw(#","text":"","comment":"left out: credentials""#)
        } else if let text = String(validating: bytes, as: UTF8.self) {
            writer.raw(#","text":"#)
            writer.quoted(text)
        } else {
            writer.raw(#","text":"","comment":"left out: not text""#)
        }
        writer.byte(UInt8(ascii: "}"))
    }

    private mutating func write(_ response: HTTPResponse, isHidden: Bool, comment: String? = nil) {
        writer.raw(#"{"status":"#)
        writer.number(response.status)
        writer.raw(#","statusText":"","httpVersion":"HTTP/1.1","cookies":[]"#)
        write(response.headers)
        writer.raw(#","content":"#)
        writeContent(response, isHidden: isHidden)
        writer.raw(#","redirectURL":"#)
        writer.quoted(response.headers["Location"].map { redactor.url($0) } ?? "")
        writer.raw(#","bodySize":-1"#)
        if let comment {
            writer.raw(#","comment":"#)
            writer.quoted(redactor.scrub(comment))
        }
        writer.byte(UInt8(ascii: "}"))
    }

    private mutating func writeContent(_ response: HTTPResponse, isHidden: Bool) {
        let type = response.headers["Content-Type"]
        writer.raw(#"{"size":"#)
        writer.number(response.body.count)
        writer.raw(#","mimeType":"#)
        writer.quoted(type ?? "x-unknown")
        if isHidden {
            writer.raw(#","comment":"left out: credentials""#)
        } else {
            let bytes = redactor.body(response.body.bytes, contentType: type)
            let text = String(validating: bytes, as: UTF8.self)
            writer.raw(#","text":"#)
            writer.quoted(text ?? bytes.base64)
            if text == nil { writer.raw(#","encoding":"base64""#) }
        }
        writer.byte(UInt8(ascii: "}"))
    }

    private mutating func write(_ headers: HTTPHeaders) {
        writer.raw(#","headersSize":-1,"headers":"#)
        writePairs(headers.fields.map { ($0.name, redactor.headerValue($0.name, $0.value)) })
    }

    private mutating func writeQuery(of url: String) {
        let query = url.utf8.drop { $0 != UInt8(ascii: "?") }.dropFirst()
        let pairs = query.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (String(Substring(parts[0])), parts.count > 1 ? String(Substring(parts[1])) : "")
        }
        writePairs(pairs)
    }

    private mutating func writePairs(_ pairs: [(String, String)]) {
        writer.byte(UInt8(ascii: "["))
        for (place, pair) in pairs.enumerated() {
            if place > 0 { writer.byte(UInt8(ascii: ",")) }
            writer.raw(#"{"name":"#)
            writer.quoted(pair.0)
            writer.raw(#","value":"#)
            writer.quoted(pair.1)
            writer.byte(UInt8(ascii: "}"))
        }
        writer.byte(UInt8(ascii: "]"))
    }

    /// ISO 8601 in UTC from milliseconds since 1970; the date is Howard Hinnant's `civil_from_days`.
    static func timestamp(_ milliseconds: Int) -> String {
        func floored(_ value: Int, _ divisor: Int) -> (Int, Int) {
            let remainder = (value % divisor + divisor) % divisor
            return ((value - remainder) / divisor, remainder)
        }
        let (days, inDay) = floored(milliseconds, 86_400_000)
        let (era, dayOfEra) = floored(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let calendarMonth = month < 10 ? month + 3 : month - 9
        let year = yearOfEra + era * 400 + (calendarMonth <= 2 ? 1 : 0)
        func digits(_ value: Int, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        let date = "\(digits(year, 4))-\(digits(calendarMonth, 2))-\(digits(day, 2))"
        let time = [inDay / 3_600_000, inDay / 60_000 % 60, inDay / 1000 % 60].map { digits($0, 2) }
        return "\(date)T\(time.joined(separator: ":")).\(digits(inDay % 1000, 3))Z"
    }
}
