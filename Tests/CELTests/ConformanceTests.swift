import Foundation
import Testing

@Suite struct ConformanceTests {
    private static let leastCases = 1_267

    @Test func passesTheOfficialCases() throws {
        guard let folder = ConformanceCases.folder else {
            print("note: the conformance cases are not there; set RELAIS_CEL_CASES to run them")
            return
        }
        let cases = try ConformanceCases.load(folder)
        #expect(cases.count >= Self.leastCases)
        var failures: [String] = []
        for test in cases {
            guard let failure = test.failure() else { continue }
            failures.append("\(test.name): \(test.expression.prefix(200)): \(failure)")
        }
        print("conformance: \(cases.count - failures.count) of \(cases.count) cases pass")
        #expect(failures == [])
    }
}
