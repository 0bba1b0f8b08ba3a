import CEL
import Testing

@Suite struct TimeTests {
    @Test(arguments: [
        ("timestamp('2026-03-29T00:59:59Z').getHours('Europe/Paris')", "1"),
        ("timestamp('2026-03-29T01:00:00Z').getHours('Europe/Paris')", "3"),
        ("timestamp('2026-10-25T00:59:59Z').getHours('Europe/Paris')", "2"),
        ("timestamp('2026-10-25T01:00:00Z').getHours('Europe/Paris')", "2"),
        ("timestamp('2026-07-01T00:00:00Z').getMinutes('Australia/Lord_Howe')", "30"),
        ("timestamp('2026-01-01T00:00:00Z').getFullYear('America/New_York')", "2025"),
        ("timestamp('2026-01-01T00:00:00Z').getDate('-00:30')", "31"),
        ("timestamp('2026-01-01T00:00:00Z').getDate('13:00')", "1"),
        ("timestamp('2024-02-29T12:00:00Z').getDayOfYear()", "59"),
        ("timestamp('1969-12-31T23:59:59.5Z').getMilliseconds()", "500"),
        ("timestamp('2026-03-02T09:00:00+01:00')", "2026-03-02T08:00:00Z"),
        ("timestamp('2026-03-02T09:00:00.120Z')", "2026-03-02T09:00:00.12Z"),
        ("timestamp('0001-01-01T00:00:00Z').getDayOfWeek()", "1"), ("timestamp(0).getDayOfWeek()", "4"),
        ("duration('1h30m') + duration('-90m') == duration('0s')", "true"), ("duration('1.5s')", "1.5s"),
        ("duration('-1ns')", "-0.000000001s"),
        ("duration('9223372036.854775807s')", "9223372036.854775807s"),
        ("timestamp('2026-01-31T00:00:00Z') - duration('744h')", "2025-12-31T00:00:00Z"),
        ("timestamp('2024-01-31T10:00:00Z').addMonths(1)", "2024-02-29T10:00:00Z"),
        ("timestamp('2024-01-31T10:00:00Z').addMonths(-11)", "2023-02-28T10:00:00Z"),
        ("timestamp('2024-01-31T10:00:00Z').addMonths(12)", "2025-01-31T10:00:00Z"),
        ("timestamp(0).addMonths(9000000000000000000)", "1:14: the result is out of range"),
        ("timestamp(0).addMonths(-9223372036854775808)", "1:14: the result is out of range"),
        ("timestamp('2026-03-28T23:30:00Z').isoDate()", "2026-03-28"),
        ("timestamp('2026-03-28T23:30:00Z').isoDate('Europe/Paris')", "2026-03-29"),
        ("timestamp('2026-03-29T10:00:00Z').startOfDay('Europe/Paris')", "2026-03-28T23:00:00Z"),
        ("timestamp('2026-03-29T10:00:00Z').startOfDay()", "2026-03-29T00:00:00Z"),
        ("timestamp('2026-10-25T22:00:00Z').startOfDay('Europe/Paris')", "2026-10-24T22:00:00Z"),
        ("timestamp('2025-09-07T12:00:00Z').startOfDay('America/Santiago')", "2025-09-07T04:00:00Z"),
        ("timestamp('2026-01-01T00:00:00Z').daysUntil(timestamp('2026-01-08T00:00:00Z'))", "7"),
        ("timestamp('2026-01-08T00:00:00Z').daysUntil(timestamp('2026-01-01T00:00:01Z'))", "-6"),
        ("timestamp('2026-01-01T00:00:00.5Z').daysUntil(timestamp('2026-01-02T00:00:00Z'))", "0"),
    ])
    func knowsCalendarsAndZones(_ source: String, _ expected: String) {
        #expect(shown(source) == expected)
    }

    @Test(arguments: [
        ("'Ada@Example.COM '.domain()", "example.com"), ("'a@b@c.org'.domain()", "c.org"), ("'nobody'.domain()", ""),
        ("''.domain()", ""),
        ("'jean-luc o\\'neill'.titleCase()", "Jean-Luc O'Neill"), ("'DON\\'T STOP'.titleCase()", "Don't Stop"),
        ("'l\\u2019oréal élan'.titleCase()", "L\u{2019}Oréal Élan"),
        ("'ǆ ﬁn ß'.titleCase()", "ǅ Fin Ss"), ("'  JEAN   DE LA\\tFONTAINE '.normalizeName()", "Jean de La Fontaine"),
        ("'ludwig van beethoven'.normalizeName()", "Ludwig van Beethoven"),
        ("'jean d\\'ormesson'.normalizeName()", "Jean d'Ormesson"),
        ("'Ronald McDonald'.normalizeName()", "Ronald McDonald"), ("'van gogh'.normalizeName()", "Van Gogh"),
        ("'李小龍'.normalizeName()", "李小龍"), ("' \\u0000 '.normalizeName()", ""),
        ("'Crème Brûlée!'.slug()", "creme-brulee"), ("'Cre\\u0301me'.slug()", "creme"),
        ("'--Straße & Øst--'.slug()", "strasse-ost"), ("'L\\'Été 2026'.slug()", "lete-2026"), ("'Москва'.slug()", ""),
        ("'a/b\\\\c'.slug()", "a-b-c"),
    ])
    func changesContactData(_ source: String, _ expected: String) {
        #expect(shown(source) == expected)
    }
}
