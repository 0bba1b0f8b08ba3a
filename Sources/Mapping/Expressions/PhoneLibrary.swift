package import CEL
import Records

extension CELLibrary {
    /// `phone.e164("FR")`: a phone number in the form of E.164, read with a home region.
    ///
    /// It reads what the transform `e164` of a mapping reads, and gives `null` for what that leaves as it is. A region
    /// that is not known is an error, found before anything runs when it is written in the expression.
    package static let phone = CELLibrary(
        name: "phone",
        functions: [
            {
                var function = CELFunction(
                    "e164",
                    parameters: [.string, .string],
                    result: .nullable(.string),
                    cost: 10,
                    body: Self.e164
                )
                function.literalProblem = { PhoneLens(region: $0) == nil ? Self.unknownRegion($0) : nil }
                return function
            }()
        ]
    )

    private static func e164(_ arguments: [CELValue]) throws -> CELValue {
        guard let text = arguments[0].asString, let region = arguments[1].asString else { return .null }
        guard let lens = PhoneLens(region: region) else { throw Self.unknownRegion(region) }
        // Nobody's number is longer, with all its blanks.
        guard text.utf8.count <= 64 else { return .null }
        return lens.e164(Text(text)).map { .string($0.string) } ?? .null
    }

    private static func unknownRegion(_ code: String) -> CELFunctionError {
        CELFunctionError(
            "there is no phone region of this name",
            mend: NearestName.mend(code, among: PhoneLens.regions)
        )
    }
}
