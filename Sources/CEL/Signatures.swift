/// The types that operators take and give (cel-spec, langdef, "List of Standard Definitions").
enum Signatures {
    typealias Signature = (parameters: [CELType], result: CELType)

    private static let element = CELType.parameter("T")
    private static let key = CELType.parameter("K")
    private static let numbers: [CELType] = [.int, .uint, .double]

    static func of(_ symbol: BinaryOperator) -> [Signature] {
        switch symbol {
        case .equal, .notEqual: [([element, element], .bool)]
        case .less, .lessOrEqual, .greater, .greaterOrEqual: orderings
        case .isIn: [([element, .list(element)], .bool), ([key, .map(key, element)], .bool)]
        case .add:
            arithmetic + [
                ([.string, .string], .string), ([.bytes, .bytes], .bytes),
                ([.list(element), .list(element)], .list(element)), ([.duration, .duration], .duration),
                ([.timestamp, .duration], .timestamp), ([.duration, .timestamp], .timestamp),
            ]
        case .subtract:
            arithmetic + [
                ([.duration, .duration], .duration), ([.timestamp, .duration], .timestamp),
                ([.timestamp, .timestamp], .duration),
            ]
        case .multiply, .divide: arithmetic
        case .remainder: [([.int, .int], .int), ([.uint, .uint], .uint)]
        }
    }

    static func index(isOptional: Bool) -> [Signature] {
        let list = CELType.list(element)
        let map = CELType.map(key, element)
        guard !isOptional else {
            return [
                ([list, .int], .optional(element)), ([.optional(list), .int], .optional(element)),
                ([map, key], .optional(element)), ([.optional(map), key], .optional(element)),
            ]
        }
        return [
            ([list, .int], element), ([map, key], element), ([.optional(list), .int], .optional(element)),
            ([.optional(map), key], .optional(element)),
        ]
    }

    private static let arithmetic: [Signature] = numbers.map { ([$0, $0], $0) }

    private static let orderings: [Signature] = {
        let same: [CELType] = [.bool, .string, .bytes, .timestamp, .duration]
        var signatures: [Signature] = same.map { ([$0, $0], .bool) }
        for left in numbers {
            for right in numbers { signatures.append(([left, right], .bool)) }
        }
        return signatures
    }()
}
