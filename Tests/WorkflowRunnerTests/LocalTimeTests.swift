import Records
import Testing
import WorkflowRunner

@Suite struct LocalTimeTests {
    /// Zone, day, time, expected instant: ordinary days, gaps (the first moment after) and overlaps (the first of both).
    static let rows: [(String, String, String, String)] = [
        ("Europe/Berlin", "2026-03-02", "09:00", "2026-03-02T08:00:00Z"),
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00:00Z"),
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30:00Z"),
        ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00:00Z"),
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30:00Z"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00Z"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00Z"),
        ("America/Santiago", "2026-09-06", "00:30", "2026-09-06T04:00:00Z"),
        ("Antarctica/Troll", "2026-03-29", "01:30", "2026-03-29T01:00:00Z"),
        ("Asia/Kathmandu", "2026-03-02", "00:00", "2026-03-01T18:15:00Z"),
        ("UTC", "2026-03-02", "23:59", "2026-03-02T23:59:00Z"),
    ]

    @Test(arguments: rows)
    func knowsClockChanges(_ zone: String, _ day: String, _ time: String, _ expected: String) throws {
        let minutes = try #require(LocalTime.minutes(time))
        let local = try #require(LocalTime(minutes: minutes, zone: zone))
        let date = try #require(CalendarDate(day))
        #expect(local.moment(on: date) == Instant(expected))
        #expect(WorkflowMoment.parse("\(day)T\(time)[\(zone)]") == Instant(expected))
    }

    @Test(arguments: ["Europe/Berlin", "Australia/Lord_Howe", "Africa/Casablanca", "America/Santiago"])
    func theNextTimeIsNeverEarlierAndNeverTheSameDayTwice(_ zone: String) throws {
        let local = try #require(LocalTime(minutes: 150, zone: zone))
        var now = try #require(Instant("2026-01-01T00:00:00Z"))
        var days: Set<CalendarDate> = []
        for _ in 0..<365 {
            let next = local.next(from: now)
            #expect(next >= now)
            #expect(days.insert(local.day(of: next)).inserted)
            now = Instant(microseconds: next.microseconds + 1)
        }
        #expect(now < (try #require(Instant("2027-01-02T00:00:00Z"))))
    }

    @Test func skipsWeekends() throws {
        let local = try #require(LocalTime(minutes: 540, zone: "UTC"))
        let friday = try #require(Instant("2026-03-06T10:00:00Z"))
        #expect(local.next(from: friday, weekdays: true) == Instant("2026-03-09T09:00:00Z"))
        #expect(local.next(from: friday) == Instant("2026-03-07T09:00:00Z"))
    }

    @Test(arguments: ["Europe/Berlinn", "CET+1", "GMT+5", "", "Paris"])
    func refusesZonesThatAreNone(_ zone: String) {
        #expect(LocalTime(minutes: 0, zone: zone) == nil)
    }

    @Test(arguments: ["9:00", "24:00", "09:60", "0900", "09:0a", ""])
    func refusesTimesThatAreNone(_ text: String) {
        #expect(LocalTime.minutes(text) == nil)
    }

    @Test(arguments: [
        ("2026-03-02T22:00:00Z", "2026-03-03T08:00:00Z"), ("2026-03-02T07:59:00Z", "2026-03-02T08:00:00Z"),
        ("2026-03-02T08:00:00Z", nil), ("2026-03-02T19:59:59Z", nil), ("2026-03-02T20:00:00Z", "2026-03-03T08:00:00Z"),
    ])
    func quietHoursLastOverMidnight(_ now: String, _ expected: String?) throws {
        let from = try #require(LocalTime(minutes: 1200, zone: "UTC"))
        let to = try #require(LocalTime(minutes: 480, zone: "UTC"))
        let quiet = QuietHours(from: from, to: to)
        #expect(quiet.end(after: try #require(Instant(now))) == expected.flatMap { Instant($0) })
    }
}
