import Records

/// Where the reading of an object stands; the engine stores it as text and gives it back.
struct Position: Hashable {
    /// What is read next.
    enum Mode: String {
        /// The first pass through everything.
        case list
        /// What changed since a moment.
        case changes
        /// What is archived.
        case archived
    }

    var mode: Mode
    /// Where the next page begins; nil for the first one.
    var token: JSON?
    /// Changes from this moment on are wanted.
    var since: Instant
    /// When this pass began, by the more careful of both clocks; nil before its first page.
    var started: Instant?
    /// When the archived records were last read through; nil if they never were.
    var swept: Instant?

    /// The beginning of everything.
    static let start = Position(mode: .list, token: nil, since: Instant(microseconds: 0), started: nil, swept: nil)

    /// The position as JSON.
    var text: Text {
        var members: [(key: String, value: JSON)] = [
            (key: "v", value: 1), (key: "mode", value: .string(self.mode.rawValue)),
            (key: "since", value: .number(String(self.since.microseconds))),
        ]
        if let token { members.append((key: "token", value: token)) }
        if let started { members.append((key: "started", value: .number(String(started.microseconds)))) }
        if let swept { members.append((key: "swept", value: .number(String(swept.microseconds)))) }
        return Text(JSON.object(members).text)
    }

    init(mode: Mode, token: JSON?, since: Instant, started: Instant?, swept: Instant?) {
        self.mode = mode
        self.token = token
        self.since = since
        self.started = started
        self.swept = swept
    }

    /// Reads a position; nil if it is none of ours.
    init?(_ text: Text) {
        guard let json = try? JSON(parsing: text.string), json["v"]?.int == 1,
            let mode = json["mode"]?.string.flatMap({ Mode(rawValue: $0) }), let since = json["since"]?.int
        else { return nil }
        self.init(
            mode: mode,
            token: json["token"],
            since: Instant(microseconds: Int64(since)),
            started: json["started"]?.int.map { Instant(microseconds: Int64($0)) },
            swept: json["swept"]?.int.map { Instant(microseconds: Int64($0)) }
        )
    }

    func hash(into hasher: inout Hasher) { hasher.combine(self.text) }
}
