/// The fields of timestamps and durations (cel-spec, langdef, "List of Standard Definitions").
enum TimeFunctions {
    static let overloads: [Overload] =
        selectors.flatMap { selector in
            [
                Overload(
                    name: selector.name,
                    isMember: true,
                    parameters: [.timestamp],
                    result: .int,
                    body: .unary { (value, _) throws(Failure) in
                        guard case .timestamp(let moment) = value else { throw .overload(selector.name, value.kind) }
                        return .int(Int64(selector.field(CivilTime(seconds: Int(moment.seconds)), moment)))
                    }
                ),
                Overload(
                    name: selector.name,
                    isMember: true,
                    parameters: [.timestamp, .string],
                    result: .int,
                    body: .binary { (value, zone, frame) throws(Failure) in
                        guard case .timestamp(let moment) = value, case .string(let name) = zone else {
                            throw .overload(selector.name, value.kind, zone.kind)
                        }
                        return .int(Int64(selector.field(try civil(moment, name, &frame), moment)))
                    }
                ),
            ]
        } + durations

    /// What a function reads of a moment and its calendar fields.
    typealias Field = @Sendable (CivilTime, CELTimestamp) -> Int

    private struct Selector: Sendable {
        let name: String
        let field: Field
    }

    private static let selectors: [Selector] = [
        Selector(name: "getFullYear") { time, _ in time.year },
        Selector(name: "getMonth") { time, _ in time.month - 1 },
        Selector(name: "getDayOfMonth") { time, _ in time.day - 1 },
        Selector(name: "getDate") { time, _ in time.day },
        Selector(name: "getDayOfWeek") { time, _ in time.weekday },
        Selector(name: "getDayOfYear") { time, _ in time.dayOfYear },
        Selector(name: "getHours") { time, _ in time.hour },
        Selector(name: "getMinutes") { time, _ in time.minute },
        Selector(name: "getSeconds") { time, _ in time.second },
        Selector(name: "getMilliseconds") { _, moment in Int(moment.nanoseconds) / 1_000_000 },
    ]

    private static let durations: [Overload] = [
        duration("getHours") { $0.seconds / 3_600 }, duration("getMinutes") { $0.seconds / 60 },
        duration("getSeconds") { $0.seconds }, duration("getMilliseconds") { Int64($0.nanoseconds) / 1_000_000 },
    ]

    private static func duration(_ name: String, _ field: @escaping @Sendable (CELDuration) -> Int64) -> Overload {
        StandardFunctions.member(name, .duration, .int) { (value, _) throws(Failure) in
            guard case .duration(let span) = value else { throw .overload(name, value.kind) }
            return .int(field(span))
        }
    }

    /// What looking up a zone by name costs of the budget.
    private static let zoneCost = 20

    /// A moment's calendar fields in a zone.
    static func civil(_ moment: CELTimestamp, _ name: String, _ frame: inout Frame) throws(Failure) -> CivilTime {
        let zone = try zone(name, &frame)
        return CivilTime(seconds: Int(moment.seconds) + zone.offset(at: moment))
    }

    /// The zone of a name.
    static func zone(_ name: String, _ frame: inout Frame) throws(Failure) -> Zone {
        try frame.spend(zoneCost)
        guard let zone = Zone(name) else { throw Failure(.invalidArgument, "there is no such time zone") }
        return zone
    }

    /// The field that a function gives; nil when it gives none.
    static func field(_ function: String) -> Field? { selectors.first { $0.name == function }?.field }
}

/// `moment.getHours('Europe/Paris')` and the like, with the zone looked up beforehand.
final class ZonedFieldNode: Node {
    private let moment: any Node
    private let zone: Zone
    private let field: TimeFunctions.Field
    private let name: String
    private let offset: Int32

    init(_ moment: any Node, _ zone: Zone, _ field: @escaping TimeFunctions.Field, name: String, offset: Int32) {
        self.moment = moment
        self.zone = zone
        self.field = field
        self.name = name
        self.offset = offset
    }

    func evaluate(_ frame: inout Frame) throws(Failure) -> CELValue {
        frame.remaining &-= 1
        let value = try moment.evaluate(&frame)
        guard case .timestamp(let moment) = value else { throw .overload(name, value.kind).placed(at: offset) }
        return .int(Int64(field(CivilTime(seconds: Int(moment.seconds) + zone.offset(at: moment)), moment)))
    }
}
