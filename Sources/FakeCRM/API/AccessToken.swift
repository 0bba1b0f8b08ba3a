/// A secret that lets an integration in, and what it may do.
package struct AccessToken: Sendable {
    /// The secret itself, sent as `Authorization: Bearer …`.
    package var secret: String
    /// The id of the app that the token belongs to; histories name it.
    package var appID: Int64
    /// The granted scopes, such as `crm.objects.contacts.read`.
    package var scopes: Set<String>

    /// Creates a token; without scopes it may do everything that the fake CRM can.
    package init(_ secret: String, appID: Int64 = 4_711_001, scopes: Set<String>? = nil) {
        self.secret = secret
        self.appID = appID
        self.scopes = scopes ?? Self.allScopes
    }

    /// Whether these bytes are the secret.
    func hasSecret(_ bytes: some Collection<UInt8>) -> Bool {
        var secret = self.secret
        return secret.withUTF8 { $0.elementsEqual(bytes) }
    }

    /// All scopes that the fake CRM asks for.
    package static let allScopes: Set<String> = {
        var scopes: Set<String> = ["crm.objects.owners.read", "crm.lists.read", "crm.lists.write"]
        for family in ["contacts", "companies", "deals"] {
            for area in ["objects", "schemas"] {
                scopes.insert("crm.\(area).\(family).read")
                scopes.insert("crm.\(area).\(family).write")
            }
        }
        return scopes
    }()
}
