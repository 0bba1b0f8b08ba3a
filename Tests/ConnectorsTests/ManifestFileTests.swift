import Connectors
import Records
import Testing

@Suite struct ManifestFileTests {
    @Test(arguments: ["hubspot", "tryton"])
    func shippedManifestsHaveNoFindings(product: String) throws {
        do {
            let manifest = try Workbench.manifest(product)
            #expect(manifest.product == product)
            #expect(manifest.objectNames.contains("contacts"))
        } catch let list as DiagnosticList {
            Issue.record("\(list)")
        }
    }
}
