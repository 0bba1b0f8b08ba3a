import Records
import Testing

@testable import Store

@Suite struct TransactionTests {
    @Test func aStatementInUseIsNotDisturbedByItself() throws {
        let fixture = try Fixture()
        let pairs = try fixture.store.write { tx in
            for number in 1...3 { _ = try tx.actor("a\(number)") }
            func names(_ read: (Columns) throws -> String) throws -> [String] {
                try tx.all("SELECT name FROM actor WHERE number > ?1 ORDER BY number", Int64(1), read: read)
            }
            return try names { outer in
                let inner = try names { $0.string(0) }
                return outer.string(0) + ":" + inner.joined()
            }
        }
        #expect(pairs == ["a1:a1a2a3", "a2:a1a2a3", "a3:a1a2a3"])
    }

    @Test func argumentsKeepTheirKinds() throws {
        let fixture = try Fixture()
        try fixture.store.write { tx throws in
            let sql: StaticString = "SELECT typeof(?1), typeof(?2), typeof(?3), typeof(?4), typeof(?5), typeof(?6)"
            let kinds = try tx.first(sql, Int64(1), "", [UInt8](), Int64?.none, SQLText([]), Fixture.id(1)) { columns in
                (0..<6).map { columns.string($0) }
            }
            #expect(kinds == ["integer", "text", "blob", "null", "text", "blob"])
        }
    }
}
