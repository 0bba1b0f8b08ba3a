import Mapping
import Records
import Testing

/// R7: a role address is no identity.
@Suite struct RoleAddressTests {
    @Test(arguments: ["info@acme.example", " INFO@acme.example", "info+shop@acme.example", "no-reply@x.org"])
    func roleAddressesAreNoIdentity(address: String) {
        #expect(RoleAddress.isRole(.text(address), allowing: []))
    }

    @Test(arguments: ["ada@acme.example", "info", "infos.ada@acme.example", "info@localhost"])
    func otherTextsAre(address: String) {
        #expect(!RoleAddress.isRole(.text(address), allowing: []))
    }

    @Test func aListedRoleOrAddressIdentifiesAllTheSame() {
        #expect(!RoleAddress.isRole(.text("info@acme.example"), allowing: ["info"]))
        #expect(!RoleAddress.isRole(.text("info@acme.example"), allowing: ["Info@acme.example"]))
        #expect(RoleAddress.isRole(.text("info@other.example"), allowing: ["info@acme.example"]))
    }
}
