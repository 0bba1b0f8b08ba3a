import Testing

@testable import Transport

@Suite struct AddressPolicyTests {
    static let v4: [([UInt32], Bool)] = [
        ([0, 0, 0, 0], false), ([0, 1, 2, 3], false), ([10, 0, 0, 1], false), ([10, 255, 255, 255], false),
        ([100, 64, 0, 1], false), ([100, 127, 255, 255], false), ([127, 0, 0, 1], false),
        ([169, 254, 169, 254], false),
        ([172, 16, 0, 1], false), ([172, 31, 255, 255], false), ([192, 0, 0, 8], false), ([192, 0, 2, 1], false),
        ([192, 88, 99, 1], false), ([192, 168, 0, 1], false), ([198, 18, 0, 1], false), ([198, 19, 255, 255], false),
        ([198, 51, 100, 1], false), ([203, 0, 113, 1], false), ([224, 0, 0, 1], false), ([239, 1, 1, 1], false),
        ([240, 0, 0, 1], false), ([255, 255, 255, 255], false),
        ([1, 1, 1, 1], true), ([9, 255, 255, 255], true), ([11, 0, 0, 0], true), ([100, 63, 255, 255], true),
        ([100, 128, 0, 0], true), ([126, 1, 1, 1], true), ([128, 0, 0, 1], true), ([172, 15, 0, 1], true),
        ([172, 32, 0, 1], true), ([192, 167, 0, 1], true), ([192, 169, 0, 1], true), ([198, 17, 0, 1], true),
        ([198, 20, 0, 1], true), ([223, 255, 255, 255], true),
    ]

    @Test(arguments: v4)
    func v4Addresses(bytes: [UInt32], isPublic: Bool) {
        #expect(AddressPolicy.isPublic(v4: bytes.reduce(0) { $0 << 8 | $1 }) == isPublic)
    }

    static let v6: [([UInt16], Bool)] = [
        ([0, 0, 0, 0, 0, 0, 0, 0], false), ([0, 0, 0, 0, 0, 0, 0, 1], false),
        ([0, 0, 0, 0, 0, 0xFFFF, 0x0808, 0x0808], false), ([0x64, 0xFF9B, 0, 0, 0, 0, 0x7F00, 1], false),
        ([0x100, 0, 0, 0, 0, 0, 0, 1], false), ([0x2001, 0, 0, 0, 0, 0, 0, 1], false),
        ([0x2001, 0x0DB8, 0, 0, 0, 0, 0, 1], false), ([0x2002, 0x7F00, 1, 0, 0, 0, 0, 1], false),
        ([0x3FFF, 0, 0, 0, 0, 0, 0, 1], false), ([0xFC00, 0, 0, 0, 0, 0, 0, 1], false),
        ([0xFD12, 0, 0, 0, 0, 0, 0, 1], false), ([0xFE80, 0, 0, 0, 0, 0, 0, 1], false),
        ([0xFEC0, 0, 0, 0, 0, 0, 0, 1], false), ([0xFF02, 0, 0, 0, 0, 0, 0, 1], false),
        ([0x2001, 0x4860, 0x4860, 0, 0, 0, 0, 0x8888], true), ([0x2606, 0x4700, 0, 0, 0, 0, 0, 1], true),
        ([0x2A00, 0x1450, 0, 0, 0, 0, 0, 1], true),
    ]

    @Test(arguments: v6)
    func v6Addresses(groups: [UInt16], isPublic: Bool) {
        let bytes = groups.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        #expect(AddressPolicy.isPublic(v6: bytes) == isPublic)
    }
}
