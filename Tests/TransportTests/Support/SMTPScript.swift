import Synchronization

/// A mail server that says what a test wants it to say, and remembers what it was told.
final class SMTPScript: Sendable {
    /// What to answer to a command's first word, or to `GREETING` and to the dot that `END`s the message.
    ///
    /// Two answers are none: `hangUp` and `silence`.
    let answers: [String: String]
    private let lines = Mutex<[String]>([])

    /// Closes the connection without a word.
    static let hangUp = "(hangs up)"
    /// Says nothing and waits.
    static let silence = "(silence)"

    init(_ answers: [String: String] = [:]) {
        self.answers = answers
    }

    /// Every line that came in, the message's too.
    var received: [String] { lines.withLock { $0 } }

    func serve(_ connection: TestConnection) {
        guard answer("GREETING", "220 test", connection) else { return }
        while let line = connection.readLine() {
            lines.withLock { $0.append(line) }
            let word = String(line.prefix { $0 != " " && $0 != ":" }).uppercased()
            guard
                answer(
                    word,
                    word == "EHLO" ? "250-test\r\n250 SIZE 1000000" : word == "DATA" ? "354 go" : "250 ok",
                    connection
                )
            else { return }
            if word == "DATA", answers[word] == nil, !readMessage(connection) { return }
            if word == "QUIT" { return }
        }
    }

    private func readMessage(_ connection: TestConnection) -> Bool {
        while let line = connection.readLine() {
            lines.withLock { $0.append(line) }
            if line == "." { return answer("END", "250 2.0.0 queued as 42", connection) }
        }
        return false
    }

    private func answer(_ word: String, _ usual: String, _ connection: TestConnection) -> Bool {
        switch answers[word, default: usual] {
        case Self.hangUp: return false
        case Self.silence: return true
        case let text: return connection.write(text + "\r\n")
        }
    }
}
