extension HTTPRequest {
    /// Throws `TransportError.invalidRequest` for whatever could change the meaning of the request on the wire.
    ///
    /// It looks at bytes: `"\r\n"` is one `Character`, which a search for `"\n"` does not find.
    package func check() throws(TransportError) {
        try checkURL()
        for field in headers.fields { try Self.check(field) }
        if body != nil, method == .get || method == .head {
            throw .invalidRequest("\(method.rawValue) with a body")
        }
        guard timeout > .zero else { throw .invalidRequest("a timeout of nothing") }
        guard bodyLimit >= 0 else { throw .invalidRequest("a negative body limit") }
    }

    private func checkURL() throws(TransportError) {
        // An array, because going over a string costs several times as much for each byte.
        let bytes = Array(url.utf8)
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw .invalidRequest("the URL has a byte that must be percent-encoded")
        }
        guard let scheme = Self.schemes.first(where: { Self.begins(bytes, with: $0) }) else {
            throw .invalidRequest("the URL is neither http nor https")
        }
        let rest = bytes.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard let first = authority.first, first != UInt8(ascii: ":") else {
            throw .invalidRequest("the URL has no host")
        }
        // libcurl and a server may disagree about where the host of `http://a@b\@c/` begins.
        guard !authority.contains(UInt8(ascii: "@")), !rest.contains(UInt8(ascii: "\\")) else {
            throw .invalidRequest("the URL has a user name or a backslash")
        }
        guard !rest.contains(UInt8(ascii: "#")) else { throw .invalidRequest("the URL has a fragment") }
    }

    private static let schemes = [Array("http://".utf8), Array("https://".utf8)]

    /// Whether an address begins with a scheme, in letters of either case.
    private static func begins(_ bytes: [UInt8], with scheme: [UInt8]) -> Bool {
        guard bytes.count >= scheme.count else { return false }
        return zip(bytes, scheme).allSatisfy { byte, expected in
            (byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) == expected
        }
    }

    /// Fields that say where the message ends or where it goes; two opinions on those are how requests get smuggled.
    private static let reserved = [
        "Accept-Encoding", "Connection", "Content-Length", "Expect", "Host", "Keep-Alive", "Proxy-Connection", "TE",
        "Trailer",
        "Transfer-Encoding", "Upgrade",
    ]

    private static func check(_ field: HTTPHeaders.Field) throws(TransportError) {
        guard !field.name.isEmpty, field.name.utf8.allSatisfy(isTokenByte) else {
            throw .invalidRequest("a header name that is no token")
        }
        guard !reserved.contains(where: field.name.isSameField) else {
            throw .invalidRequest("the header \(field.name), which is the transport's own")
        }
        guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else {
            throw .invalidRequest("a control character in the header \(field.name)")
        }
    }

    /// RFC 9110 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
