import Crypto
import Testing

@testable import Store

@Suite struct MigrationTests {
    /// A migration that was released is never edited: databases out there have run it as it was.
    private static let pinned = [
        "001-base": "45f9faed42130f5cd3c6d226a4096ff08ce4344bcccd2eb3e9d615286eda1daf",
        "002-automation": "719a9dd63a04989eb9e5f57c4ed1984fe8e2eb2b6c4ab24710bb9ed16d689a96",
        "003-field-rules": "f3cf96504983d56a454f18de795d42ee7fd544c661776471bde70cbb20d77a2a",
        "004-life": "dcb87e1a164a776372086a81bac743fc211c4349586ad928a7707b1ccf6bb673",
        "005-erasure": "6786d8c9b7572249d9484337c666b4c89d3eb2d7e30a8cb4364e29cf139fdc53",
        "006-reading": "e3ad40d44deac5b01aa5efe818ec399459745de029476b28bf8765871a4e2d9b",
        "007-identity": "110ea6c40003f6bec6ab9e5260dbc92136aa45a0ea040d7e1571c3e98ce31bc8",
        "008-roll-ups": "8fd0e5f0c673f5a7ab007735dab95776c88440d2b925e9cd99974cd4d3673a9d",
        "010-conversion": "8bb2582cb5d374f7a18899404f9e3d678fea351df8bbad21e187d0435c2427cf",
        "011-lists": "84017f128d284ea59921c90fa91fa643a31099b2afcf7ddf3521346bf35b3dfc",
        "012-list-moves": "5c65b33543bb8c3c75334bb60284f69637302c902cc6dd9206058f9cf9913d62",
        "013-answered-operations": "d8315dad3adee7216c3f306d692609f89b33a1630a2e94592caa708edaa180d8",
    ]

    @Test func checksOfValuesNeedNoTable() throws {
        let template = """
            side #text NOT NULL CHECK (side IN ('a', 'b',
                'c')), done #int CHECK ((done IS NULL) = (side IN ('a'))) ); CREATE INDEX i ON t(side) WHERE side IN ('a', 'b');
            """
        #expect(
            Dialect.sqlite.render(migration: template) == """
                side TEXT NOT NULL CHECK (side = 'a' OR side = 'b' OR side = 'c'), done INTEGER CHECK ((done IS NULL) = \
                (side IN ('a'))) ); CREATE INDEX i ON t(side) WHERE side IN ('a', 'b');
                """
        )
        for migration in Migration.all {
            let sql = Dialect.sqlite.render(migration: migration.template)
            #expect(sql.firstRange(of: #/CHECK \([a-z_]+ IN/#) == nil, "\(migration.name)")
        }
    }

    @Test func noMigrationWasEdited() {
        #expect(Migration.all.map(\.name) == Self.pinned.keys.sorted())
        for migration in Migration.all {
            let digest = SHA256.hash(data: Array(migration.template.utf8))
            let hex = digest.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
            #expect(Self.pinned[migration.name] == hex)
        }
    }
}
