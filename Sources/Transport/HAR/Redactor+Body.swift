import Records

extension Redactor {
    /// A body with the values of secret keys and every registered value replaced.
    ///
    /// JSON and forms are read as what they are, whatever the content type says, and need not be well-formed.
    package func body(_ bytes: [UInt8], contentType: String?) -> [UInt8] {
        let first = bytes.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") || contentType?.contains("json") == true {
            return scrub(json(bytes))
        }
        if contentType?.lowercased().hasPrefix("application/x-www-form-urlencoded") == true {
            return scrub(form(bytes[...]))
        }
        return scrub(bytes)
    }

    /// Goes from string to string and asks of each whether it is the key of a secret, or a secret.
    ///
    /// The grammar in between is copied unseen, so that a body cut short or otherwise broken is redacted all the same:
    /// where a secret's value has no end, nothing of the rest is kept.
    private func json(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBufferPointer { buffer in
            var result: [UInt8] = []
            result.reserveCapacity(buffer.count)
            var place = 0
            while let quote = buffer[place...].firstIndex(of: UInt8(ascii: "\"")) {
                result.append(contentsOf: buffer[place..<quote])
                var scanner = JSONScanner(buffer, at: quote)
                guard let string = try? scanner.string() else {
                    place = quote
                    break
                }
                let text = scanner.leniently(string)
                let end = scanner.offset
                if scanner.take(UInt8(ascii: ":")), isSecret(key: text) {
                    result.append(contentsOf: buffer[quote..<scanner.offset])
                    result.append(contentsOf: "\"\(Self.replacement)\"".utf8)
                    guard (try? scanner.skipValue(maximumDepth: .max)) != nil else { return result }
                    place = scanner.offset
                } else {
                    let isPlain = !holdsSecret(text)
                    result.append(
                        contentsOf: isPlain ? Array(buffer[quote..<end]) : Array("\"\(Self.replacement)\"".utf8)
                    )
                    place = end
                }
            }
            result.append(contentsOf: buffer[place...])
            return result
        }
    }
}

extension JSONScanner {
    /// A string's decoded bytes, or the raw ones where they cannot be decoded.
    fileprivate func leniently(_ string: RawString) -> [UInt8] {
        guard string.isEscaped else { return Array(bytes[string.range]) }
        return decoded(string) ?? Array(bytes[string.range])
    }
}
