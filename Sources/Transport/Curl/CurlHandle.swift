import CCurl

#if canImport(Glibc)
import Glibc
#endif

/// One libcurl easy handle, with its options checked.
struct CurlHandle {
    let raw: UnsafeMutableRawPointer

    func set(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try check(ccurl_set_long(raw, option, value))
    }

    func set(_ option: CURLoption, _ value: Bool) throws(TransportError) {
        try check(ccurl_set_long(raw, option, value ? 1 : 0))
    }

    func setLarge(_ option: CURLoption, _ value: Int) throws(TransportError) {
        try check(ccurl_set_large(raw, option, curl_off_t(value)))
    }

    func set(_ option: CURLoption, _ value: String) throws(TransportError) {
        try check(ccurl_set_text(raw, option, value))
    }

    func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) throws(TransportError) {
        try check(ccurl_set_pointer(raw, option, value))
    }

    func set(_ option: CURLoption, _ value: CurlList) throws(TransportError) {
        try check(ccurl_set_list(raw, option, value.head))
    }

    func set(_ option: CURLoption, _ value: @escaping ccurl_data_callback) throws(TransportError) {
        try check(ccurl_set_data_callback(raw, option, value))
    }

    func setMilliseconds(_ option: CURLoption, _ value: Duration) throws(TransportError) {
        // Zero would mean "no limit" to libcurl.
        try set(option, min(max(value.milliseconds, 1), Int(Int32.max)))
    }

    /// Whether a connection stood on which a byte of the request could have been sent.
    ///
    /// libcurl notes this moment as soon as a connection is ready and before it writes to it, and counts at least a
    /// microsecond (`Curl_pgrsTime`).
    var mayHaveSent: Bool {
        ccurl_info_large(raw, CURLINFO_PRETRANSFER_TIME_T) > 0 || ccurl_info_long(raw, CURLINFO_REQUEST_SIZE) > 0
    }

    /// Reads nothing more from the connection that is kept, so that closing it does not wait for an answer.
    ///
    /// libcurl says goodbye with a handle of its own, which no option and no callback of ours reaches, and waits up to two
    /// minutes for what the server says to that.
    func expectNothingMore() {
        let socket = ccurl_active_socket(raw)
        if socket != CURL_SOCKET_BAD { shutdown(socket, Int32(SHUT_RD)) }
    }

    private func check(_ code: CURLcode) throws(TransportError) {
        guard code == CURLE_OK else { throw .other(code: Int32(bitPattern: code.rawValue), sentRequest: false) }
    }
}

/// A list of texts in libcurl's form; freed with its last reference.
final class CurlList {
    fileprivate private(set) var head: UnsafeMutablePointer<curl_slist>?

    deinit { curl_slist_free_all(head) }

    func append(_ text: String) {
        // Only the lack of memory makes this fail, and then the list stays as it was.
        head = curl_slist_append(head, text) ?? head
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds.multipliedReportingOverflow(by: 1000).partialValue)
            + Int(attoseconds / 1_000_000_000_000_000)
    }
}
