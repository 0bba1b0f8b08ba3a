import Connectors
import Records
import Testing

/// What the schema of a Tryton requires, and what the server fills in by itself, as trytond 8.2 answers.
@Suite struct TrytonDiscoveryTests {
    @Test(arguments: [("contacts", "party.party"), ("companies", "party.party"), ("deals", "sale.opportunity")])
    func whatTheServerFillsInIsNotAskedFor(object: String, model: String) async throws {
        let fields = """
            {"id":1,"result":{
            "code":{"name":"code","string":"Code","type":"char","required":true,"readonly":false},
            "start_date":{"name":"start_date","string":"Start","type":"date","required":true,"readonly":false},
            "conversion_probability":{"name":"conversion_probability","string":"P","type":"float","required":true,
            "readonly":false},
            "party":{"name":"party","string":"Party","type":"many2one","required":true,"readonly":false}}}
            """
        let server = TrytonWireTests.Server { method, _ in
            method == "model.\(model).fields_get" ? .answer(200, fields) : nil
        }
        let found = try await TrytonWireTests.account(server.transport).discover(object)
        let required = found.filter(\.isRequired).map(\.name)
        // The parties take their code from a sequence; the opportunities begin today, at even odds.
        let wanted = object == "deals" ? ["code", "party"] : ["conversion_probability", "party", "start_date"]
        #expect(required == wanted)
    }
}
