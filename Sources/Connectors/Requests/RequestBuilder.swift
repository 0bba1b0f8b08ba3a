import Records
import Transport

/// Makes HTTP requests from the manifest's rules.
struct RequestBuilder: Sendable {
    /// The address of the API, without a slash at the end.
    let base: String
    /// Names whose values are parts of paths themselves and may have slashes in them.
    let pathNames: Set<String>
    let timeout: Duration

    /// The request; throws if the path could not be filled in.
    func request(
        _ rule: RequestRule,
        _ path: String?,
        _ scope: TemplateScope,
        authorization: (String, String)?
    ) throws(CallFailure)
        -> HTTPRequest
    {
        guard let method = HTTPRequest.Method(rawValue: rule.method), let path else {
            throw CallFailure(
                action: .fail,
                message: "the path of \"\(rule.label)\" cannot be filled in",
                origin: .manifest
            )
        }
        var headers: HTTPHeaders = [("Accept", "application/json")]
        for (name, value) in rule.headers {
            if let text = value.text(scope) { headers.set(name, text) }
        }
        if let (name, value) = authorization { headers.set(name, value) }
        let body = rule.body?.rendered(scope)?.bytes
        if body != nil { headers.set("Content-Type", "application/json") }
        return HTTPRequest(
            method,
            url: self.base + path + self.query(rule.query, scope),
            headers: headers,
            body: body,
            timeout: self.timeout,
            label: rule.label,
            hidesBodies: rule.bodyHoldsCredentials
        )
    }

    /// The path of a request; nil if it cannot be filled in.
    func path(_ template: Template, _ scope: TemplateScope) -> String? {
        switch template {
        case .constant(let value): return Template.text(value).map { Self.encoded($0, keepingSlashes: true) }
        case .reference(let name): return self.part(name, scope)
        case .text(let parts):
            var path = ""
            for part in parts {
                switch part {
                case .literal(let text): path += Self.encoded(text, keepingSlashes: true)
                case .reference(let name):
                    guard let text = self.part(name, scope) else { return nil }
                    path += text
                }
            }
            return path
        case .object, .array, .each: return nil
        }
    }

    private func part(_ name: String, _ scope: TemplateScope) -> String? {
        scope[name].flatMap(Template.text).map {
            Self.encoded($0, keepingSlashes: self.pathNames.contains(name))
        }
    }

    private func query(_ query: [(name: String, value: Template)], _ scope: TemplateScope) -> String {
        let pairs = query.compactMap { name, value in
            value.text(scope).map { text in
                let encoded = Self.encoded(text, keepingSlashes: false, keepingCommas: true)
                return Self.encoded(name, keepingSlashes: false) + "=" + encoded
            }
        }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    /// Percent-encodes everything but unreserved bytes (RFC 3986 2.3).
    static func encoded(_ text: String, keepingSlashes: Bool, keepingCommas: Bool = false) -> String {
        func isKept(_ byte: UInt8) -> Bool {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
            case 0x2F: keepingSlashes
            case 0x2C: keepingCommas
            default: false
            }
        }
        guard !text.utf8.allSatisfy(isKept) else { return text }
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isKept(byte) {
                bytes.append(byte)
            } else {
                bytes += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
