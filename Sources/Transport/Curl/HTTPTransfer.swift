import CCurl
import Synchronization

/// One HTTP exchange on its way through the loop: what to set before, what to tell the waiting task after.
///
/// `@unchecked Sendable`: made by the calling task, then handed to the loop, which from then on is the only one to
/// touch anything but `isCancelled`. The hand-over goes through a mutex.
final class HTTPTransfer: @unchecked Sendable {
    /// Set by the cancelled task, from wherever it is cancelled; may come before the transfer has been handed over.
    let isCancelled = Atomic(false)
    /// The waiting task; set before the transfer is handed over, taken by whoever answers it.
    var continuation: CheckedContinuation<HTTPResponse, any Error>?
    /// The handle while the transfer runs; the loop's.
    var handle: CurlHandle?
    /// When its time is up; set by the loop.
    var deadline: ContinuousClock.Instant?

    private let request: HTTPRequest
    private let configuration: CurlConfiguration
    private let pool: BufferPool
    private let headerLines = CurlList()
    private var sentBytes = 0
    private var head: ResponseHead
    private var body = PageBuffer.Builder()
    private var problem: TransportError?

    init(_ request: HTTPRequest, _ configuration: CurlConfiguration, _ pool: BufferPool) {
        self.request = request
        self.configuration = configuration
        self.pool = pool
        head = ResponseHead(maximumBytes: configuration.headerBytes, maximumFields: configuration.headerFields)
    }

    /// How long it may take from its hand-over to its end.
    var timeout: Duration { request.timeout }

    /// Sets every option on a fresh handle.
    func prepare(_ handle: CurlHandle) throws(TransportError) {
        body = PageBuffer.Builder(reusing: pool.take())
        try handle.set(CURLOPT_URL, request.url)
        try configuration.apply(to: handle)
        // Looks at the announced length only; the callback below counts what really comes out of the decompression.
        try handle.setLarge(CURLOPT_MAXFILESIZE_LARGE, max(request.bodyLimit, 1))
        try prepareMethod(handle)
        try prepareHeaders(handle)
        try prepareCallbacks(handle)
    }

    /// Tells the waiting task how it went.
    func finish(_ handle: CurlHandle, _ code: CURLcode) {
        let status = ccurl_info_long(handle.raw, CURLINFO_RESPONSE_CODE)
        if let problem {
            fail(problem)
        } else if let error = TransportError(code, sent: handle.mayHaveSent) {
            fail(error)
        } else if !head.isComplete {
            // libcurl takes the end of the connection for the end of the header.
            fail(.reset(sentRequest: true))
        } else if status < 100 {
            fail(.malformedAnswer)
        } else {
            let response = HTTPResponse(status: status, headers: head.headers, body: body.finish())
            continuation.take()?.resume(returning: response)
        }
    }

    /// Tells the waiting task that it failed.
    func fail(_ error: TransportError) {
        continuation.take()?.resume(throwing: error)
    }

    private func prepareMethod(_ handle: CurlHandle) throws(TransportError) {
        switch request.method {
        case .get: try handle.set(CURLOPT_HTTPGET, true)
        case .head: try handle.set(CURLOPT_NOBODY, true)
        case .delete where request.body == nil: try handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
        case .post, .put, .patch, .delete:
            let length = request.body?.count ?? 0
            try handle.set(CURLOPT_POST, true)
            try handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue)
            try handle.setLarge(CURLOPT_POSTFIELDSIZE_LARGE, length)
            // libcurl sends a request again by itself on a kept connection that died without an answer. It gives up
            // when the body cannot be rewound, hence the seek callback that always fails; without a body only a new
            // connection prevents it.
            if length == 0, !request.method.isIdempotent { try handle.set(CURLOPT_FRESH_CONNECT, true) }
        }
    }

    private func prepareHeaders(_ handle: CurlHandle) throws(TransportError) {
        // Without these lines libcurl would wait for "100 Continue" and call every body a form.
        headerLines.append("Expect:")
        if request.headers["Content-Type"] == nil { headerLines.append("Content-Type:") }
        for field in request.headers.fields {
            // To libcurl "Name:" means to leave the field out and "Name;" to send it empty.
            headerLines.append(field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)")
        }
        try handle.set(CURLOPT_HTTPHEADER, headerLines)
    }

    private func prepareCallbacks(_ handle: CurlHandle) throws(TransportError) {
        let me = Unmanaged.passUnretained(self).toOpaque()
        try handle.set(CURLOPT_WRITEDATA, me)
        try handle.set(CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            HTTPTransfer.from(context)?.receiveBody(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        try handle.set(CURLOPT_HEADERDATA, me)
        try handle.set(CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            HTTPTransfer.from(context)?.receiveHeader(UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        try handle.set(CURLOPT_READDATA, me)
        try handle.set(CURLOPT_READFUNCTION) { bytes, size, count, context in
            HTTPTransfer.from(context)?.giveBody(UnsafeMutableRawBufferPointer(start: bytes, count: size * count)) ?? 0
        }
        ccurl_set_seek_callback(handle.raw) { _, _, _ in CURL_SEEKFUNC_FAIL }
    }

    /// libcurl holds the transfer unretained; the loop's table keeps it alive for as long as the handle is in use.
    private static func from(_ context: UnsafeMutableRawPointer?) -> HTTPTransfer? {
        context.map { Unmanaged<HTTPTransfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private func receiveBody(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard body.count + bytes.count <= request.bodyLimit else {
            problem = .bodyTooLarge
            return 0
        }
        body.append(bytes)
        return bytes.count
    }

    private func receiveHeader(_ bytes: UnsafeRawBufferPointer) -> Int {
        guard head.receive(bytes, isTrailer: body.count > 0) else {
            problem = .headersTooLarge
            return 0
        }
        return bytes.count
    }

    private func giveBody(_ room: UnsafeMutableRawBufferPointer) -> Int {
        guard let bytes = request.body else { return 0 }
        let count = min(room.count, bytes.count - sentBytes)
        bytes.withUnsafeBytes {
            room.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[sentBytes..<sentBytes + count]))
        }
        sentBytes += count
        return count
    }
}

extension CurlConfiguration {
    /// Sets what does not depend on the request.
    fileprivate func apply(to handle: CurlHandle) throws(TransportError) {
        try handle.set(CURLOPT_NOSIGNAL, true)
        try handle.set(CURLOPT_PROTOCOLS_STR, allowsPlainHTTP ? "http,https" : "https")
        try handle.set(CURLOPT_FOLLOWLOCATION, false)
        try handle.set(CURLOPT_DISALLOW_USERNAME_IN_URL, true)
        try handle.set(CURLOPT_PATH_AS_IS, true)
        try handle.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
        try handle.set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        try handle.set(CURLOPT_ACCEPT_ENCODING, "gzip")
        try handle.set(CURLOPT_USERAGENT, userAgent)
        try handle.set(CURLOPT_BUFFERSIZE, 100 << 10)
        // An empty text, unlike none, keeps libcurl from looking at the environment.
        try handle.set(CURLOPT_PROXY, proxy ?? "")
        try handle.setMilliseconds(CURLOPT_CONNECTTIMEOUT_MS, connectTimeout)
        try handle.set(CURLOPT_LOW_SPEED_LIMIT, 1)
        try handle.set(CURLOPT_LOW_SPEED_TIME, max(1, stallTimeout.milliseconds / 1000))
        if let certificateAuthorities { try handle.set(CURLOPT_CAINFO, certificateAuthorities) }
        if destinations == .publicOnly { AddressPolicy.guardSockets(of: handle) }
    }
}
