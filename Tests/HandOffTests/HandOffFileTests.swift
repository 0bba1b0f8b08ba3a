import HandOff
import Records
import Testing

@Suite struct HandOffFileTests {
    private static func findings(_ text: String) throws -> [String] {
        let schema = try SalesWorld.schema()
        do {
            _ = try HandOffFile.parse(
                Array(text.utf8),
                file: "handoff.yaml",
                schema: schema,
                templates: SalesWorld.templates(schema)
            )
            return []
        } catch let list as DiagnosticList {
            return list.diagnostics.map { "\($0.location.line):\($0.location.column) \($0.message): \($0.mend)" }
        }
    }

    @Test func reportsAllMistakesAtOnce() throws {
        let text = """
            connexion: crm
            qualify: "contact.scor > 3.0"
            review: { notify: nobody, template: lead-for-me }
            stages: { accepted: sqx }
            reject: { lead_status: bad }
            owners: { pool: [ { email: lea, weight: 0, absent: [ { from: 2026-12-31, until: 2026-12-01 } ] } ] }
            deal: { name: "{{ contact.nme }}", stage: first, won: [won] }
            task: { subject: x, due: soon }
            deadline: [ { after: 4h }, { remind: lead-reminder } ]
            """
        let found = try Self.findings(text)
        #expect(
            found == [
                "1:1 the hand-off has no key \"connexion\": did you mean connection?",
                "2:19 contact has no field 'scor': did you mean 'score'?",
                "3:19 notify is no address: write name@example.com",
                "4:21 the lifecycle has no stage \"sqx\": did you mean sql?",
                "5:24 lead_status cannot be \"bad\": write one of in_progress, new, open, recycled, unqualified",
                "6:28 email is no address: write name@example.com",
                "7:27 contact has no field 'nme': mend the expression",
                "7:43 a deal has no stage \"first\": "
                    + "write one of appointment, contract, decision, lost, presentation, qualified, won",
                "8:26 due is no span of time: write 90s, 30m, 4h, 3d or 2w",
                "9:13 the deadline's step does nothing: write remind: template, escalate: address or reassign: true",
                "9:28 the deadline's step lacks after: add \"after: …\"",
            ]
        )
    }
}
