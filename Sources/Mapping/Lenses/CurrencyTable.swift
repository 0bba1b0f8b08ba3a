/// The currencies of ISO 4217 and how many decimals each has, which the standard calls the minor unit.
///
/// Source: ISO 4217, list one ("Current currency & funds code list", kept by SIX, six-group.com) as of 2025, compared with
/// Debian's iso-codes; without metals, drawing rights and test codes, in which nobody pays; and from list three those that ended since 2022, because the
/// amounts of older deals are in them. Upper case only: a code is written in one way.
package enum CurrencyTable {
    /// How many decimals a currency has; nil for a code that is none.
    package static func decimals(of code: String) -> Int? { Self.minorUnits[code] }

    /// The mend for what is no code: the nearest code, else what to write.
    ///
    /// `otherwise` ends the sentence where no code is near.
    package static func mend(_ code: String, otherwise: String = "") -> String {
        let nearest = NearestName.of(code, among: Self.minorUnits.keys)
        return nearest.map { "did you mean \($0)?" } ?? "write its ISO 4217 code, such as EUR\(otherwise)"
    }

    private static let minorUnits: [String: Int] = {
        var units: [String: Int] = [:]
        for (decimals, codes) in Self.codes {
            for code in codes.split(separator: " ") { units[String(code)] = decimals }
        }
        return units
    }()

    private static let codes: [(decimals: Int, codes: String)] = [
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (
            2,
            """
            AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW \
            CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF \
            IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK \
            MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP \
            SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG \
            YER ZAR ZMW ZWG
            """
        ),
        (3, "BHD IQD JOD KWD LYD OMR TND"), (4, "CLF UYW"),
        // Ended in 2023 (HRK, SLL), 2024 (ZWL), 2025 (ANG), 2026 (BGN); of Cuba's two one is left (CUC).
        (2, "ANG BGN CUC HRK SLL ZWL"),
    ]
}
