import FakeCRM
import Testing

@Suite struct PeopleTests {
    @Test func mayMoveStagesBackAndBumpVersions() throws {
        let desk = Desk(.realistic)
        let id = desk.create("contacts", ["lifecyclestage": "customer"])
        let before = desk.value("contacts", id, "lastmodifieddate").text
        desk.clock.advance(by: 1_000)
        try desk.account.edit(
            .contacts,
            #require(Int64(id)),
            set: ["lifecyclestage": "lead", "city": " as typed "],
            by: 7
        )
        #expect(desk.value("contacts", id, "lifecyclestage").text == "lead")
        #expect(desk.value("contacts", id, "city").text == " as typed ")
        #expect(desk.value("contacts", id, "lastmodifieddate").text != before)
    }

    @Test func actsAreNotCountedAsRequests() throws {
        let desk = Desk()
        let id = try desk.account.add(.contacts, ["email": "a@example.com"], by: 7)
        try desk.account.edit(.contacts, id, set: ["city": "Lyon"], by: 7)
        #expect(desk.account.stats == RequestStats())
    }

    @Test func archivesAndRestores() throws {
        let desk = Desk()
        let id = try desk.account.add(.contacts, ["email": "a@example.com"], by: 7)
        try desk.account.archive(.contacts, id)
        #expect(desk.get("/crm/v3/objects/contacts").ids.isEmpty)
        try desk.account.restore(.contacts, id)
        #expect(desk.get("/crm/v3/objects/contacts").ids == ["\(id)"])
        #expect(desk.get("/crm/v3/objects/contacts?archived=true").ids.isEmpty)
        #expect(desk.get("/crm/v3/objects/contacts/a@example.com?idProperty=email").status == 200)
    }

    @Test func cannotTouchWhatIsNotThere() {
        let account = Desk().account
        #expect(throws: FakeCRMAccount.PersonError.noRecord("contacts 7")) {
            try account.edit(.contacts, 7, set: [:], by: 1)
        }
        #expect(throws: FakeCRMAccount.PersonError.noProperty("nope")) {
            _ = try account.add(.contacts, ["nope": "1"], by: 1)
        }
    }

    @Test func countsRequestsByKind() {
        let desk = Desk()
        let id = desk.create("contacts", ["city": "Lyon"])
        _ = desk.get("/crm/v3/objects/contacts")
        _ = desk.post("/crm/v3/objects/contacts/search", "{}")
        _ = desk.send("PATCH", "/crm/v3/objects/contacts/\(id)", #"{"properties":{"nope":"1"}}"#)
        _ = desk.post("/crm/v4/associations/contacts/companies/batch/labels/archive", #"{"inputs":[]}"#)
        let stats = desk.account.stats
        #expect(stats.requests["contacts.list"] == 1)
        #expect(
            stats.writes.keys.sorted() == ["associations.batch_labels_archive", "contacts.create", "contacts.update"]
        )
        #expect(stats.statuses == [200: 2, 201: 1, 400: 2])
        #expect((stats.created, stats.updated, stats.writeCount, stats.requestCount) == (1, 0, 3, 5))
        desk.account.resetStats()
        #expect(desk.account.stats == RequestStats())
    }
}
