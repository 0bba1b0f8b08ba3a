import Records

/// Decides what an answer means, by the manifest's error handler and otherwise by its status.
struct AnswerClassifier: Sendable {
    let rules: ErrorRules

    /// The failure that an answer is; nil if it is a success.
    ///
    /// `status` is nil for one error out of a list. `sent` names the properties that were sent or asked for.
    func failure(
        status: Int?,
        body: JSON?,
        sent: Set<String>,
        scrubber: Scrubber,
        wait: Duration? = nil
    ) -> CallFailure? {
        let message = self.message(in: body, status: status)
        let field = body.flatMap(self.field)
        let filter = self.rules.filters.first { self.matches($0, status, body, message, field?.text, sent) }
        let isError = body.flatMap { body in self.rules.present.flatMap { $0.first(in: body) } } != nil
        let action = filter?.action ?? Self.action(for: status, isError: isError)
        guard action != .success else { return nil }
        let prefix = status.map { (200..<300).contains($0) ? "" : "HTTP \($0): " } ?? ""
        return CallFailure(
            action: action,
            message: scrubber.clean(prefix + (self.message(of: filter, in: body) ?? message)),
            status: status,
            field: field,
            existingID: body.flatMap { body in self.rules.existingID.lazy.compactMap { $0.find(in: body) }.first },
            wait: Self.longer(wait, filter?.wait, limit: self.rules.retryAfter.limit)
        )
    }

    private func matches(
        _ filter: ErrorRules.Filter,
        _ status: Int?,
        _ body: JSON?,
        _ message: String,
        _ field: String?,
        _ sent: Set<String>
    ) -> Bool {
        if !filter.codes.isEmpty { guard let status, filter.codes.contains(status) else { return false } }
        if let path = filter.path {
            guard let found = body.flatMap({ path.first(in: $0) }) else { return false }
            if let equals = filter.equals, !equals.isSame(as: found) { return false }
            if let contains = filter.contains {
                guard let text = Template.text(found), text.holds(contains) else { return false }
            }
        }
        if let part = filter.messageContains, !message.holds(part) { return false }
        if filter.unlessSent.contains(where: sent.contains) { return false }
        if filter.namesSentProperty { guard let field, sent.contains(field) else { return false } }
        return true
    }

    private func message(of filter: ErrorRules.Filter?, in body: JSON?) -> String? {
        guard let body, let path = filter?.message else { return nil }
        return path.first(in: body).flatMap(Template.text)
    }

    private func message(in body: JSON?, status: Int?) -> String {
        let found = body.flatMap { body in
            self.rules.messages.lazy.compactMap { $0.first(in: body).flatMap(Template.text) }
                .first { !$0.utf8.isEmpty }
        }
        if let found { return found }
        return status.map { (200..<300).contains($0) ? "status \($0) without a message" : "no message" }
            ?? "refused without a message"
    }

    private func field(in body: JSON) -> (text: String, isLabel: Bool)? {
        for finder in self.rules.fields {
            if let text = finder.find(in: body) { return (text, finder.isLabel) }
        }
        return nil
    }

    /// What a status means by itself; a write is only called refused where that is certain.
    private static func action(for status: Int?, isError: Bool) -> ErrorRules.Action {
        guard let status else { return .fail }
        switch status {
        case 200..<300: return isError ? .unknown : .success
        case 401: return .refreshToken
        case 403: return .forbidden
        // 404 is not here: a wrong path would make every record look deleted. Manifests say what a missing record looks like.
        case 410: return .gone
        case 408, 425: return .unknown
        case 412: return .conflict
        case 429: return .rateLimited
        case 300..<500: return .fail
        default: return .unknown
        }
    }

    /// A fixed wait is a floor; what the server asks for counts above it, up to the limit.
    private static func longer(_ asked: Duration?, _ floor: Duration?, limit: Duration) -> Duration? {
        guard let asked, let floor else { return asked ?? floor }
        return max(asked, floor)
    }
}

extension String {
    /// Whether the text has `part` in it, byte for byte.
    func holds(_ part: String) -> Bool { Array(self.utf8).place(of: Array(part.utf8), from: 0) != nil }
}
