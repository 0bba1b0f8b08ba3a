/// One client's conversation with the fake mail server: bytes in, replies out, no socket.
struct SMTPSession {
    private struct Transaction {
        var sender: String
        var recipients: [String] = []
    }

    private let mailbox: Mailbox
    private var line: [UInt8] = []
    private var isLineTooLong = false
    private var hasGreeted = false
    private var transaction: Transaction?
    private var reader: MessageReader?
    private var replies: [UInt8]
    /// Whether the connection is to be closed, once the replies are out.
    private(set) var isOver = false

    /// Begins a conversation; the greeting is the first reply.
    init(_ mailbox: Mailbox) {
        self.mailbox = mailbox
        self.replies = Array("220 localhost ESMTP fake mail server\r\n".utf8)
    }

    /// The replies since the last time, ready to be sent.
    mutating func takeReplies() -> [UInt8] {
        defer { self.replies.removeAll() }
        return self.replies
    }

    /// Takes what the client sent, which may be half a line or several commands at once.
    mutating func take(_ bytes: some Sequence<UInt8>) {
        for byte in bytes where !self.isOver {
            if self.reader == nil { self.takeCommandByte(byte) } else { self.takeMessageByte(byte) }
        }
    }

    private mutating func takeCommandByte(_ byte: UInt8) {
        guard byte == 0x0A else {
            // One byte is left for the LF.
            if self.line.count < FakeMailServer.longestCommand - 1 {
                self.line.append(byte)
            } else {
                self.isLineTooLong = true
            }
            return
        }
        if self.isLineTooLong {
            self.reply("500 5.5.6 Line too long")
        } else {
            do {
                self.follow(try SMTPCommand(line: self.line))
            } catch {
                self.reply(error.reply)
            }
        }
        self.line.removeAll(keepingCapacity: true)
        self.isLineTooLong = false
    }

    private mutating func follow(_ command: SMTPCommand) {
        switch command {
        case .hello(let isExtended): self.greet(isExtended)
        case .mail(let sender, let size): self.begin(from: sender, size: size)
        case .recipient(let address): self.add(address)
        case .data: self.startMessage()
        case .reset:
            self.transaction = nil
            self.reply("250 2.0.0 Reset")
        case .noop: self.reply("250 2.0.0 OK")
        case .verify: self.reply("252 2.5.0 Send it and see")
        case .quit:
            self.reply("221 2.0.0 Bye")
            self.isOver = true
        }
    }

    private mutating func greet(_ isExtended: Bool) {
        self.hasGreeted = true
        self.transaction = nil
        guard isExtended else { return self.reply("250 localhost") }
        self.reply("250-localhost")
        self.reply("250-SIZE \(FakeMailServer.largestMessage)")
        self.reply("250-8BITMIME")
        self.reply("250-PIPELINING")
        self.reply("250 ENHANCEDSTATUSCODES")
    }

    private mutating func begin(from sender: String, size: Int?) {
        guard self.hasGreeted else { return self.reply("503 5.5.1 EHLO comes first") }
        guard self.transaction == nil else { return self.reply("503 5.5.1 MAIL was given already") }
        guard size ?? 0 <= FakeMailServer.largestMessage else { return self.reply("552 5.3.4 Message too large") }
        self.transaction = Transaction(sender: sender)
        self.reply("250 2.1.0 Sender OK")
    }

    private mutating func add(_ address: String) {
        guard let count = self.transaction?.recipients.count else { return self.reply("503 5.5.1 MAIL comes first") }
        guard count < FakeMailServer.mostRecipients else { return self.reply("452 4.5.3 Too many recipients") }
        switch self.mailbox.fault(for: address) {
        case .rejected: self.reply("550 5.1.1 No such mailbox")
        case .deferred: self.reply("451 4.7.1 Try again later")
        case .dropped, nil:
            self.transaction?.recipients.append(address)
            self.reply("250 2.1.5 Recipient OK")
        }
    }

    private mutating func startMessage() {
        guard let transaction = self.transaction else { return self.reply("503 5.5.1 MAIL comes first") }
        guard !transaction.recipients.isEmpty else { return self.reply("554 5.5.1 No valid recipients") }
        self.reader = MessageReader(limit: FakeMailServer.largestMessage)
        self.reply("354 End with a line of one dot")
    }

    private mutating func takeMessageByte(_ byte: UInt8) {
        guard self.reader?.take(byte) == true, let reader = self.reader, let transaction = self.transaction else {
            return
        }
        self.reader = nil
        self.transaction = nil
        guard !reader.isTooLarge else { return self.reply("552 5.3.4 Message too large") }
        guard self.mailbox.keep(from: transaction.sender, to: transaction.recipients, reader.bytes) else {
            return self.reply("451 4.3.0 The message could not be kept")
        }
        if transaction.recipients.contains(where: { self.mailbox.fault(for: $0) == .dropped }) {
            self.isOver = true
        } else {
            self.reply("250 2.0.0 Taken")
        }
    }

    private mutating func reply(_ line: String) {
        self.replies += Array(line.utf8)
        self.replies += [0x0D, 0x0A]
    }
}
