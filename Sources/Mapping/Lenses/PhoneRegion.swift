/// What is needed of a country's numbering plan to tell a phone number from a slip of the keyboard.
///
/// Lengths are those of the national significant number, from the ITU's national numbering plans (E.164 annex). This is
/// a check of shape, not of allocation: it knows no prefixes of operators.
struct PhoneRegion: Hashable, Sendable {
    /// The ISO 3166 code.
    let code: String
    /// The country calling code.
    let callingCode: [UInt8]
    /// What people dial before the number at home, and leave out from abroad; empty if nothing.
    let trunk: [UInt8]
    /// How long the national significant number may be.
    let lengths: ClosedRange<Int>

    private init(_ code: String, _ callingCode: String, trunk: String, _ lengths: ClosedRange<Int>) {
        self.code = code
        self.callingCode = Array(callingCode.utf8)
        self.trunk = Array(trunk.utf8)
        self.lengths = lengths
    }

    /// The known regions; Italy keeps its leading zero abroad.
    static let all: [PhoneRegion] = [
        PhoneRegion("AT", "43", trunk: "0", 4...13), PhoneRegion("AU", "61", trunk: "0", 9...9),
        PhoneRegion("BE", "32", trunk: "0", 8...9), PhoneRegion("CA", "1", trunk: "1", 10...10),
        PhoneRegion("CH", "41", trunk: "0", 9...9), PhoneRegion("CZ", "420", trunk: "", 9...9),
        PhoneRegion("DE", "49", trunk: "0", 6...11), PhoneRegion("DK", "45", trunk: "", 8...8),
        PhoneRegion("ES", "34", trunk: "", 9...9), PhoneRegion("FI", "358", trunk: "0", 5...12),
        PhoneRegion("FR", "33", trunk: "0", 9...9), PhoneRegion("GB", "44", trunk: "0", 9...10),
        PhoneRegion("GR", "30", trunk: "", 10...10), PhoneRegion("IE", "353", trunk: "0", 7...9),
        PhoneRegion("IT", "39", trunk: "", 6...11), PhoneRegion("LU", "352", trunk: "", 4...11),
        PhoneRegion("MA", "212", trunk: "0", 9...9), PhoneRegion("NL", "31", trunk: "0", 9...9),
        PhoneRegion("NO", "47", trunk: "", 8...8), PhoneRegion("NZ", "64", trunk: "0", 8...10),
        PhoneRegion("PL", "48", trunk: "", 9...9), PhoneRegion("PT", "351", trunk: "", 9...9),
        PhoneRegion("RO", "40", trunk: "0", 9...9), PhoneRegion("SE", "46", trunk: "0", 7...10),
        PhoneRegion("US", "1", trunk: "1", 10...10),
    ]

    /// The region of an ISO 3166 code; nil for one that is not known.
    static func named(_ code: String) -> PhoneRegion? { Self.all.first { $0.code == code } }

    /// The region that a number in international form belongs to; of several with one code, the first.
    ///
    /// No calling code is the beginning of another one (E.164, 6.2.1).
    static func of(international digits: some Collection<UInt8>) -> PhoneRegion? {
        var code = 0
        for digit in digits.prefix(3) {
            code = code * 10 + Int(digit &- 0x30)
            guard code < Self.byCallingCode.count else { return nil }
            if let region = Self.byCallingCode[code] { return region }
        }
        return nil
    }

    /// The regions by the number that is their calling code.
    private static let byCallingCode: [PhoneRegion?] = {
        var regions: [PhoneRegion?] = []
        for region in Self.all {
            guard let code = Int(String(decoding: region.callingCode, as: UTF8.self)) else { continue }
            while regions.count <= code { regions.append(nil) }
            if regions[code] == nil { regions[code] = region }
        }
        return regions
    }()
}
