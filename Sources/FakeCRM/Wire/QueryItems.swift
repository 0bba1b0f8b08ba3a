/// The decoded parameters of a query string.
struct QueryItems {
    private var items: [(name: [UInt8], value: [UInt8])]

    init(_ query: String) {
        var query = query
        self.items = query.withUTF8 { bytes in
            bytes.split(separator: UInt8(ascii: "&")).map { pair in
                let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                let value = parts.count > 1 ? percentDecoded(parts[1], plusIsSpace: true) : []
                return (percentDecoded(parts[0], plusIsSpace: true), value)
            }
        }
    }

    /// The last value given for a name, as Java servers take it; nil when the name is absent.
    func value(_ name: String) -> [UInt8]? {
        let wanted = Array(name.utf8)
        return self.items.last { $0.name == wanted }?.value
    }

    /// All values of a name, each also split at commas, blanks left out: `properties=a,b&properties=c`.
    func list(_ name: String) -> [[UInt8]] {
        let wanted = Array(name.utf8)
        return self.items.filter { $0.name == wanted }.flatMap { item in
            item.value.split(separator: UInt8(ascii: ",")).map { Array(trimmed($0)) }.filter { !$0.isEmpty }
        }
    }
}

/// The bytes of a percent-encoded text; an escape that is not one is kept as it is.
func percentDecoded(_ text: some Collection<UInt8>, plusIsSpace: Bool = false) -> [UInt8] {
    let input = Array(text)
    var output: [UInt8] = []
    output.reserveCapacity(input.count)
    var position = 0
    while position < input.count {
        let byte = input[position]
        if byte == UInt8(ascii: "%"), position + 2 < input.count, let high = hexDigit(input[position + 1]),
            let low = hexDigit(input[position + 2])
        {
            output.append(high << 4 | low)
            position += 3
        } else {
            output.append(plusIsSpace && byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
            position += 1
        }
    }
    return output
}

/// The value of a hexadecimal digit; nil for any other byte.
func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
