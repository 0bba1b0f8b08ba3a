/// A command of RFC 5321 4.1, as far as the fake mail server knows it.
enum SMTPCommand: Equatable {
    case hello(isExtended: Bool)
    case mail(from: String, size: Int?)
    case recipient(String)
    case data
    case reset
    case noop
    case quit
    case verify

    /// Why a line is no command, as the reply says it.
    struct Problem: Error, Equatable {
        var reply: String

        static let line = Problem(reply: "500 5.5.2 Command lines are printable ASCII and end in CRLF")
        static let unknown = Problem(reply: "500 5.5.1 Command unknown")
        static let unsupported = Problem(reply: "502 5.5.1 Command not implemented")
        static let arguments = Problem(reply: "501 5.5.4 Syntax error in the arguments")
        static let sender = Problem(reply: "501 5.1.7 Syntax error in the sender's address")
        static let recipient = Problem(reply: "501 5.1.3 Syntax error in the recipient's address")
        static let parameter = Problem(reply: "555 5.5.4 Parameter not supported")
    }

    /// Reads a line without its LF.
    init(line: [UInt8]) throws(Problem) {
        guard line.last == 0x0D, line.dropLast().allSatisfy({ 0x20...0x7E ~= $0 }) else { throw .line }
        let text = line.dropLast()
        let verb = text.prefix { $0 != UInt8(ascii: " ") }
        let argument = text[verb.endIndex...].dropFirst()
        switch String(decoding: verb, as: UTF8.self).uppercased() {
        case "EHLO", "HELO":
            guard argument.contains(where: { $0 != UInt8(ascii: " ") }) else { throw .arguments }
            self = .hello(isExtended: verb.first.map { $0 | 0x20 } == UInt8(ascii: "e"))
        case "MAIL": self = try Self.mail(argument)
        case "RCPT": self = try Self.recipient(argument)
        case "DATA": self = try Self.alone(.data, argument)
        case "RSET": self = try Self.alone(.reset, argument)
        case "QUIT": self = try Self.alone(.quit, argument)
        case "NOOP": self = .noop
        case "VRFY": self = .verify
        case "AUTH", "EXPN", "HELP", "STARTTLS": throw .unsupported
        default: throw .unknown
        }
    }

    private static func alone(_ command: Self, _ argument: ArraySlice<UInt8>) throws(Problem) -> Self {
        guard argument.isEmpty else { throw .arguments }
        return command
    }

    private static func mail(_ argument: ArraySlice<UInt8>) throws(Problem) -> Self {
        guard let rest = self.rest(of: argument, after: "FROM:"), let path = SMTPPath(rest) else { throw .sender }
        var size: Int?
        for parameter in path.rest.split(separator: UInt8(ascii: " ")) {
            switch String(decoding: parameter, as: UTF8.self).uppercased() {
            case "BODY=7BIT", "BODY=8BITMIME": break
            case let text where text.hasPrefix("SIZE="):
                let digits = text.utf8.dropFirst(5)
                guard 1...20 ~= digits.count, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { throw .arguments }
                // Twenty digits (RFC 1870 4) are more than an Int holds, and too much anyway.
                size = Int(text.dropFirst(5)) ?? .max
            default: throw .parameter
            }
        }
        return .mail(from: path.address, size: size)
    }

    private static func recipient(_ argument: ArraySlice<UInt8>) throws(Problem) -> Self {
        guard let rest = self.rest(of: argument, after: "TO:"), let path = SMTPPath(rest), !path.address.isEmpty else {
            throw .recipient
        }
        guard path.rest.isEmpty else { throw .parameter }
        return .recipient(path.address)
    }

    private static func rest(of argument: ArraySlice<UInt8>, after word: String) -> ArraySlice<UInt8>? {
        let start = argument.prefix(word.utf8.count)
        guard String(decoding: start, as: UTF8.self).uppercased() == word else { return nil }
        return argument[start.endIndex...]
    }
}

/// An address in angle brackets, and what stands behind it.
struct SMTPPath {
    /// The address; empty for `<>`.
    let address: String
    /// The parameters.
    let rest: ArraySlice<UInt8>

    /// Reads a path of RFC 5321 4.1.2; nil for anything else.
    ///
    /// A source route is left out (appendix C). The longest path is 256 bytes with its brackets (4.5.3.1.3).
    init?(_ text: ArraySlice<UInt8>) {
        guard text.first == UInt8(ascii: "<"), let end = Self.end(of: text), end - text.startIndex < 256 else {
            return nil
        }
        var mailbox = text[text.startIndex + 1..<end]
        if mailbox.first == UInt8(ascii: "@") {
            guard let colon = mailbox.firstIndex(of: UInt8(ascii: ":")) else { return nil }
            mailbox = mailbox[(colon + 1)...]
            guard !mailbox.isEmpty else { return nil }
        }
        guard mailbox.isEmpty || Self.isMailbox(mailbox) else { return nil }
        let rest = text[(end + 1)...]
        guard rest.isEmpty || rest.first == UInt8(ascii: " ") else { return nil }
        self.address = String(decoding: mailbox, as: UTF8.self)
        self.rest = rest.drop { $0 == UInt8(ascii: " ") }
    }

    /// Where the closing bracket stands that is not part of a quoted string.
    private static func end(of text: ArraySlice<UInt8>) -> Int? {
        var isQuoted = false
        var isEscaped = false
        for index in text.indices {
            switch text[index] {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\"): isEscaped = isQuoted
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ">") where !isQuoted: return index
            default: break
            }
        }
        return nil
    }

    /// Whether the bytes are a local part and a domain, as far as a stand-in has to tell.
    private static func isMailbox(_ text: ArraySlice<UInt8>) -> Bool {
        guard let at = text.lastIndex(of: UInt8(ascii: "@")) else { return false }
        let (local, domain) = (text[..<at], text[(at + 1)...])
        let isQuoted = local.count > 2 && local.first == UInt8(ascii: "\"") && local.last == UInt8(ascii: "\"")
        let isPlain = !local.isEmpty && !local.contains { " \"@<>()[],;:\\".utf8.contains($0) }
        return (isQuoted || isPlain) && !domain.isEmpty && !domain.contains { " \"<>(),;\\".utf8.contains($0) }
    }
}
