import Testing

@testable import Transport

@Suite struct RedactorTests {
    private static let canary = "s3cr+t/\"\u{e9}=="

    private static func redactor() -> Redactor {
        let redactor = Redactor()
        redactor.register(canary)
        redactor.register("plain-canary")
        return redactor
    }

    static let urls: [(String, String)] = [
        ("https://a/b?token=x&limit=5", "https://a/b?token=REDACTED&limit=5"),
        ("https://a/b?access%5Ftoken=x", "https://a/b?access%5Ftoken=REDACTED"),
        ("https://a/b?AccessToken=x&nextPageToken=y", "https://a/b?AccessToken=REDACTED&nextPageToken=y"),
        ("https://a/plain-canary/c?x=1", "https://a/REDACTED/c?x=1"),
        ("https://a/pl%61in-canary/c", "https://a/REDACTED/c"),
        ("https://a/c?q=s3cr%2Bt%2F%22%C3%A9%3D%3D", "https://a/c?q=REDACTED"),
        ("https://a/c?q=1&s3cr%2bt/%22%c3%a9==&r=2", "https://a/c?q=1&REDACTED&r=2"),
        ("https://a/c?&&x=&=", "https://a/c?&&x=&="),
        ("https://plain-canary.example/", "https://REDACTED/"),
        ("https://a/s3cr+t/%22%C3%A9==/x", "REDACTED"),
        ("https://a/100%", "https://a/100%"),
    ]

    @Test(arguments: urls)
    func secretsLeaveURLs(url: String, expected: String) {
        let result = Self.redactor().url(url)
        #expect(result == expected)
    }

    static let headers: [(String, String, String)] = [
        ("Authorization", "Bearer abc", "Bearer REDACTED"),
        ("authorization", "Basic dXNlcjpwYXNz", "Basic REDACTED"),
        ("AUTHORIZATION", "abc", "REDACTED"),
        ("Authorization", "Session YWRtaW46MTpl", "Session REDACTED"),
        ("Cookie", "a=b", "REDACTED"),
        ("Set-Cookie", "a=b; HttpOnly", "REDACTED"),
        ("X-API-Key", "k", "REDACTED"),
        ("Api-Token", "k", "REDACTED"),
        ("X-HubSpot-Signature-v3", "k", "REDACTED"),
        ("X-Anything", "has plain-canary inside", "has REDACTED inside"),
        ("Location", "/cb?token=x&y=1", "/cb?token=REDACTED&y=1"),
        ("Retry-After", "5", "5"),
        ("Content-Type", "application/json", "application/json"),
    ]

    @Test(arguments: headers)
    func secretsLeaveHeaders(name: String, value: String, expected: String) {
        #expect(Self.redactor().headerValue(name, value) == expected)
    }

    static let bodies: [(String, String?, String)] = [
        (#"{"access_token":"x","expires":5}"#, "application/json", #"{"access_token":"REDACTED","expires":5}"#),
        (#"{"a":[{"clientSecret" : {"deep":[1,"x"]}},2]}"#, nil, #"{"a":[{"clientSecret" :"REDACTED"},2]}"#),
        (#"{"p\u0061ssword":"x"}"#, nil, #"{"p\u0061ssword":"REDACTED"}"#),
        (#"{"password":12345,"b":true}"#, nil, #"{"password":"REDACTED","b":true}"#),
        (#"["s3cr+t\/\"\u00e9==","password"]"#, nil, #"["REDACTED","password"]"#),
        (#"{"note":"it is plain-canary!"}"#, nil, #"{"note":"REDACTED"}"#),
        (#"{"plain-canary":1}"#, nil, #"{"REDACTED":1}"#),
        (#"{"token":"cut off"#, "application/json", #"{"token":"REDACTED""#),
        (#"{"token":"#, "application/json", #"{"token":"REDACTED""#),
        (#"{"x":"cut plain-canary"#, "application/json", #"{"x":"cut REDACTED"#),
        (#"{"token" "x"} plain-canary"#, nil, #"{"token" "x"} REDACTED"#),
        (
            #"{"broken\ud800":"\ud800","token":"\ud800","y":"\u0000"}"#, nil,
            #"{"broken\ud800":"\ud800","token":"REDACTED","y":"\u0000"}"#
        ),
        (
            "grant_type=x&client_secret=y&z=1", "application/x-www-form-urlencoded; charset=utf-8",
            "grant_type=x&client_secret=REDACTED&z=1"
        ),
        ("a=plain-canary+x&b=1", "application/x-www-form-urlencoded", "a=REDACTED&b=1"),
        ("<t>plain-canary</t>", "text/xml", "<t>REDACTED</t>"),
        ("", nil, ""),
        ("\"", "application/json", "\""),
    ]

    @Test(arguments: bodies)
    func secretsLeaveBodies(body: String, type: String?, expected: String) {
        let result = Self.redactor().body(Array(body.utf8), contentType: type)
        #expect(String(decoding: result, as: UTF8.self) == expected)
    }

    @Test func theLongerSecretGoesAsAWhole() {
        let redactor = Redactor()
        for secret in ["abc", "abcdef", "", "abc"] { redactor.register(secret) }
        #expect(redactor.scrub("xabcdefx abc") == "xREDACTEDx REDACTED")
    }

    @Test func ownKeysReplaceTheUsualOnes() {
        let redactor = Redactor(keys: ["pin_code"])
        #expect(redactor.url("http://a/?PIN-Code=1&token=2") == "http://a/?PIN-Code=REDACTED&token=2")
    }

    static let base64: [(String, String)] = [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy"),
    ]

    @Test(arguments: base64)
    func base64IsRFC4648s(text: String, expected: String) {
        #expect(Array(text.utf8).base64 == expected)
    }
}
