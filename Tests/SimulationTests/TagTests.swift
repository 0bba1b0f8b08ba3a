import Simulation
import Testing

/// What a person types can be found again whatever a CRM makes of it.
@Suite struct TagTests {
    @Test(arguments: [
        ("e17 Nora", WorldField.Form.text, [17]), ("  e17 Zoë of the far", .text, [17]), ("", .text, []),
        ("E17@Sim.example", .email, [17]), ("06 00 00 00 17", .phone, [17]), ("+33600000017", .phone, [17]),
        ("17.125", .number, [17]), ("17", .number, [17]), ("2000-01-18", .date, [17]),
        ("2000-01-18T00:00:00Z", .date, [17]), ("e3;e17", .set, [3, 17]), ("lead", .stage, []),
    ])
    func aTagIsFoundInWhatIsKept(_ text: String, _ form: WorldField.Form, _ tags: [Int]) {
        #expect(Tag.found(in: text, form) == tags)
    }
}
