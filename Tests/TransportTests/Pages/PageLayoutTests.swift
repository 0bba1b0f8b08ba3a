import Testing
import Transport

@Suite struct PageLayoutTests {
    @Test func pathsAreReadAsWritten() {
        #expect(JSONPath("a.b.c") == JSONPath(keys: ["a", "b", "c"]))
        #expect(JSONPath("") == JSONPath(keys: []))
        #expect(JSONPath("a.b[].c.d") == JSONPath(keys: ["a", "b", "c", "d"], each: 2))
        #expect(JSONPath("a[]") == JSONPath(keys: ["a"], each: 1))
        #expect(JSONPath(#"party\..x\\y"#) == JSONPath(keys: ["party.", #"x\y"#]))
        #expect(JSONPath(keys: ["e\u{301}"]) != JSONPath(keys: ["\u{e9}"]))
    }

    @Test(arguments: [".", "a.", ".a", "a..b", "[]", "a[]b", "a[].b[].c", "a\\"])
    func wrongPathsAreNil(text: String) {
        let path: JSONPath? = JSONPath(text)
        #expect(path == nil)
    }

    static let impossible: [PageLayout] = [
        PageLayout(records: "a[].b", id: "id"),
        PageLayout(records: "a", id: ""),
        PageLayout(records: "a", id: "x[].id"),
        PageLayout(records: "a", id: "id", properties: ["p", "p.q"]),
        PageLayout(records: "a", id: "id", properties: ["p.q", "p"]),
        PageLayout(records: "a", id: "id", properties: ["p[].q", "p[].r"]),
        PageLayout(records: "a", id: "id", properties: ["p[].q", "p"]),
        PageLayout(records: "a", id: "id", properties: ["p[].q", "p.x"]),
        PageLayout(records: "a.b", id: "id", outer: ["a"]),
        PageLayout(records: "a", id: "id", outer: ["a.b"]),
        PageLayout(records: "", id: "id", outer: ["next"]),
    ]

    @Test(arguments: impossible.indices)
    func whatOnePassCannotFollowIsRefused(index: Int) {
        #expect(throws: PageLayoutError.self) { try PageParser(Self.impossible[index]) }
    }

    @Test func onePlaceMayFillSeveralSlots() throws {
        let layout = PageLayout(records: "r", id: "id", version: "p.v", properties: ["id", "p.v", "p.w"])
        try PageParser(layout).withPage(PageBuffer(#"{"r":[{"p":{"w":3,"v":2},"id":1}]}"#)) { page in
            #expect((0..<3).map { page.property(0, $0).text } == ["1", "2", "3"])
            #expect(page.version(0).text == "2")
        }
    }
}
