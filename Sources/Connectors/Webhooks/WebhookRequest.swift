package import Records

/// A notification as it came in over HTTP.
package struct WebhookRequest: Sendable {
    /// The most bytes of a body that are looked at; the largest notification of a known product is a tenth of it.
    package static let largestBody = 1_048_576

    /// The method, in capitals.
    package let method: String
    /// The whole address that the sender called, as we are known outside: never made from the request's `Host`.
    package let url: String
    /// The header fields in the order they came.
    package let headers: [(name: String, value: String)]
    /// The body as it came, byte for byte.
    package let body: [UInt8]

    /// Creates a request.
    package init(method: String, url: String, headers: [(name: String, value: String)], body: [UInt8]) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
    }

    /// The value of a field that came exactly once; nil otherwise, because of two nobody knows which was signed.
    func header(_ name: String) -> String? {
        let found = self.headers.filter { $0.name.lowercased().hasSameBytes(as: name.lowercased()) }
        return found.count == 1 ? found[0].value : nil
    }
}

/// One thing that a CRM says has happened to a record: where to look, never what is there.
package struct WebhookEvent: Hashable, Sendable {
    /// The remote object.
    package let object: String
    /// The ids of the records.
    package let records: [Text]
    /// What happened, in the product's words: `contact.propertyChange`.
    package let type: Text
    /// The account that it happened in; nil if the event does not say.
    package let account: Text?
    /// A digest by which the same event is known again, however often it is sent.
    package let digest: [UInt8]
}

/// Why a notification is refused as a whole; none of these tells the sender more than that.
package enum WebhookRefusal: Error, Hashable, Sendable {
    /// The product sends no notifications that can be checked.
    case notSupported
    /// There is no secret to check it with: nobody is let in without one.
    case noSecret
    /// The body is larger than any real one.
    case tooLarge
    /// The signature or the time is missing, or there are several.
    case unsigned
    /// It is too old, or from the future: somebody may be sending an old one again.
    case stale
    /// The signature is not ours.
    case forged
    /// It is signed, and is not what the manifest describes.
    case unreadable

    /// The status to answer with.
    package var status: Int {
        switch self {
        case .notSupported: 404
        case .noSecret, .unsigned, .stale, .forged: 401
        case .tooLarge: 413
        case .unreadable: 400
        }
    }
}
