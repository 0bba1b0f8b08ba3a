/// How a `CurlClient` behaves towards every server.
package struct CurlConfiguration: Sendable {
    /// What `User-Agent` says.
    package var userAgent: String
    /// How long a connection may take, TLS included.
    package var connectTimeout: Duration
    /// How long less than a byte a second may arrive before the transfer is given up, in whole seconds.
    package var stallTimeout: Duration
    /// A file of certificate authorities in PEM form; `nil` means the system's.
    package var certificateAuthorities: String?
    /// A proxy's URL; `nil` means none, whatever the environment says.
    package var proxy: String?
    /// The largest header of an answer, in bytes over all its fields.
    package var headerBytes: Int
    /// The most header fields of an answer.
    package var headerFields: Int
    /// Whether http URLs are allowed besides https.
    package var allowsPlainHTTP: Bool
    /// The addresses that may be connected to, checked after the name has been resolved.
    package var destinations: AddressPolicy

    /// Defaults for an API; the header limits are those of ASVS 5.2.
    package init(
        userAgent: String = "relais",
        connectTimeout: Duration = .seconds(10),
        stallTimeout: Duration = .seconds(60),
        certificateAuthorities: String? = nil,
        proxy: String? = nil,
        headerBytes: Int = 32 << 10,
        headerFields: Int = 100,
        allowsPlainHTTP: Bool = true,
        destinations: AddressPolicy = .any
    ) {
        self.userAgent = userAgent
        self.connectTimeout = connectTimeout
        self.stallTimeout = stallTimeout
        self.certificateAuthorities = certificateAuthorities
        self.proxy = proxy
        self.headerBytes = headerBytes
        self.headerFields = headerFields
        self.allowsPlainHTTP = allowsPlainHTTP
        self.destinations = destinations
    }
}
