/// Where in an HTML text an interpolation stands, which decides how its value must be escaped.
enum HTMLContext: Equatable, Sendable {
    /// Between tags.
    case text
    /// In a quoted attribute value.
    case attribute
    /// At the very start of an attribute that holds an address, such as `href`.
    case addressStart
    /// Further on in such an attribute.
    case addressPart
    /// Where no value may stand; says why.
    case forbidden(String)
}

/// Follows HTML byte by byte to tell in which context the next byte stands.
///
/// It need not understand HTML, only never to take a dangerous place for a harmless one: what it is not sure of is
/// forbidden. Template authors are trusted, values are not.
struct HTMLScanner: Sendable {
    private enum State: Sendable, Equatable {
        case text
        case tagOpen
        case tagName
        case insideTag
        case attributeName
        case afterName
        case beforeValue
        case value(quote: UInt8)
        case bareValue
        case markup
        case comment
        case rawText
    }

    private var state = State.text
    private var tag: [UInt8] = []
    private var isClosingTag = false
    private var name: [UInt8] = []
    private var valueIsEmpty = true
    private var tail: [UInt8] = []

    private static let addressNames = ["href", "src", "action", "formaction", "background", "cite", "poster"].map {
        Array($0.utf8)
    }
    private static let rawTags = ["script", "style", "xmp", "iframe", "noembed", "noframes", "noscript", "plaintext"]
        .map { Array($0.utf8) }

    /// The context of an interpolation at this place.
    var context: HTMLContext {
        switch self.state {
        case .text: return .text
        case .value:
            if self.name.starts(with: Array("on".utf8)) { return .forbidden("an event handler runs what it holds") }
            if self.name == Array("style".utf8) { return .forbidden("CSS has an escaping of its own") }
            if self.name == Array("srcdoc".utf8) || self.name == Array("srcset".utf8) {
                return .forbidden("\(String(decoding: self.name, as: UTF8.self)) has a grammar of its own")
            }
            guard Self.addressNames.contains(self.name) else { return .attribute }
            return self.valueIsEmpty ? .addressStart : .addressPart
        case .bareValue, .beforeValue: return .forbidden("an attribute value needs quotes")
        case .rawText: return .forbidden("<\(String(decoding: self.tag, as: UTF8.self))> holds no HTML")
        case .comment, .markup: return .forbidden("it stands in a comment")
        case .tagOpen, .tagName, .insideTag, .attributeName, .afterName: return .forbidden("it stands inside a tag")
        }
    }

    /// Notes that a value stands here.
    mutating func passInterpolation() {
        self.valueIsEmpty = false
    }

    /// Follows literal bytes of the template.
    mutating func feed(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { self.take(byte) }
    }

    private mutating func take(_ byte: UInt8) {
        switch self.state {
        case .text:
            if byte == UInt8(ascii: "<") { self.state = .tagOpen }
        case .tagOpen: self.beginTag(byte)
        case .tagName, .insideTag, .attributeName, .afterName, .beforeValue: self.takeInTag(byte)
        case .value(let quote):
            if byte == quote { self.state = .insideTag } else { self.valueIsEmpty = false }
        case .bareValue:
            if byte == UInt8(ascii: ">") { self.endTag() } else if Self.isSpace(byte) { self.state = .insideTag }
        case .markup:
            self.remember(byte)
            if self.tail.suffix(2) == Array("--".utf8)[...], self.tail.count == 2 { self.state = .comment }
            if byte == UInt8(ascii: ">") { self.state = .text }
        case .comment:
            self.remember(byte)
            if self.tail.suffix(3) == Array("-->".utf8)[...] { self.state = .text }
        case .rawText:
            self.remember(byte)
            if self.tail.suffix(self.tag.count + 2) == (Array("</".utf8) + self.tag)[...] {
                self.state = .tagName
                self.isClosingTag = true
            }
        }
    }

    private mutating func beginTag(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "?"):
            self.state = .markup
            self.tail = []
        case UInt8(ascii: "/"):
            self.state = .tagName
            self.isClosingTag = true
            self.tag = []
        case 0x41...0x5A, 0x61...0x7A:
            self.state = .tagName
            self.isClosingTag = false
            self.tag = [byte | 0x20]
        case UInt8(ascii: "<"): break
        default: self.state = .text
        }
    }

    private mutating func takeInTag(_ byte: UInt8) {
        switch (byte, self.state) {
        case (UInt8(ascii: ">"), _): self.endTag()
        case (UInt8(ascii: "="), .attributeName), (UInt8(ascii: "="), .afterName): self.state = .beforeValue
        case (0x22, .beforeValue), (0x27, .beforeValue):
            self.state = .value(quote: byte)
            self.valueIsEmpty = true
        case (_, .tagName) where Self.isSpace(byte) || byte == UInt8(ascii: "/"): self.state = .insideTag
        case (_, .tagName): self.tag.append(Self.lower(byte))
        case (_, .attributeName) where Self.isSpace(byte): self.state = .afterName
        case (_, .attributeName): self.name.append(Self.lower(byte))
        case (_, .beforeValue) where Self.isSpace(byte): break
        case (_, .beforeValue): self.state = .bareValue
        case (_, _) where Self.isSpace(byte) || byte == UInt8(ascii: "/"): break
        default:
            self.state = .attributeName
            self.name = [Self.lower(byte)]
        }
    }

    private mutating func endTag() {
        self.tail = []
        self.state = !self.isClosingTag && Self.rawTags.contains(self.tag) ? .rawText : .text
    }

    private mutating func remember(_ byte: UInt8) {
        self.tail.append(Self.lower(byte))
        if self.tail.count > 32 { self.tail.removeFirst(16) }
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
