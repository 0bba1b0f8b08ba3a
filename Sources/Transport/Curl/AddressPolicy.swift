import CCurl

#if canImport(Glibc)
import Glibc
#endif

/// Which addresses a client may connect to.
///
/// The address is looked at when the socket is made, after resolving, so that a name that changes its mind between a
/// check and the connection gains nothing (DNS rebinding).
package enum AddressPolicy: Sendable {
    /// Every address: the operator wrote the URL and may run the CRM next door.
    case any
    /// Only addresses that the public Internet routes, for URLs that come out of data.
    case publicOnly
}

extension AddressPolicy {
    /// Whether the public Internet routes an IPv4 address; the exceptions are IANA's special-purpose registry.
    static func isPublic(v4 address: UInt32) -> Bool {
        let special: [(UInt32, Int)] = [
            (0x0000_0000, 8), (0x0A00_0000, 8), (0x6440_0000, 10), (0x7F00_0000, 8), (0xA9FE_0000, 16),
            (0xAC10_0000, 12), (0xC000_0000, 24), (0xC000_0200, 24), (0xC058_6300, 24), (0xC0A8_0000, 16),
            (0xC612_0000, 15), (0xC633_6400, 24), (0xCB00_7100, 24), (0xE000_0000, 3),
        ]
        return !special.contains { prefix, length in (address ^ prefix) >> (32 - UInt32(length)) == 0 }
    }

    /// Whether the public Internet routes an IPv6 address, given as its 16 bytes.
    ///
    /// Only 2000::/3 is, and of that not what carries an IPv4 address inside (6to4, Teredo) or is for documentation.
    static func isPublic(v6 address: [UInt8]) -> Bool {
        guard address.count == 16, address[0] & 0xE0 == 0x20 else { return false }
        let refused: [[UInt8]] = [
            [0x20, 0x02], [0x20, 0x01, 0x00], [0x20, 0x01, 0x01], [0x20, 0x01, 0x0D, 0xB8], [0x3F, 0xFF],
        ]
        return !refused.contains { address.starts(with: $0) }
    }

    /// Makes libcurl ask before it opens a socket.
    static func guardSockets(of handle: CurlHandle) {
        ccurl_set_socket_callback(handle.raw) { _, _, address in
            guard let address else { return -1 }
            let kind = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
            guard AddressPolicy.isPublic(address) else { return -1 }
            return socket(address.pointee.family, kind, address.pointee.protocol)
        }
    }

    private static func isPublic(_ address: UnsafeMutablePointer<curl_sockaddr>) -> Bool {
        // `addr` is declared shorter than an IPv6 address; libcurl's storage behind it is long enough.
        let raw = UnsafeRawPointer(address).advanced(by: MemoryLayout<curl_sockaddr>.offset(of: \.addr) ?? 0)
        switch address.pointee.family {
        case AF_INET:
            return isPublic(v4: UInt32(bigEndian: raw.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr))
        case AF_INET6:
            let whole = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            return withUnsafeBytes(of: whole) { isPublic(v6: Array($0)) }
        default: return false
        }
    }
}
