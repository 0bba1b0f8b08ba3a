package import CEL
package import Records
package import Store

/// Turns a template and a record into an effect, inside the transaction of the step that wants it.
///
/// Whether the person may be written to is decided here and in that transaction: whoever unsubscribes before it commits
/// gets no mail (W9). The message is composed whole, so that what leaves later is what was decided on.
package struct MailDesk: Sendable {
    /// The templates.
    package let templates: TemplateLibrary
    /// The keys of effects.
    package let keys: EffectKeys
    private let sender: MailAddress

    /// Creates a desk; `sender` writes where a template names nobody.
    package init(templates: TemplateLibrary, sender: MailAddress, keys: EffectKeys) {
        self.templates = templates
        self.sender = sender
        self.keys = keys
    }

    /// What a step wants to be sent.
    package struct Request: Sendable {
        /// What names the effect.
        package let place: EffectPlace
        /// To the person the record is about, or to one of ours.
        package let kind: EffectKind
        /// The template.
        package let template: Text
        /// The address as the record or the configuration has it; nil if there is none.
        package let address: Text?
        /// The record.
        package let record: RecordID
        /// Why the person must not be written to, if the caller knows a reason.
        package let refusal: Text?

        /// Creates a request.
        package init(
            _ place: EffectPlace,
            kind: EffectKind,
            template: Text,
            address: Text?,
            record: RecordID,
            refusal: Text? = nil
        ) {
            self.place = place
            self.kind = kind
            self.template = template
            self.address = address
            self.record = record
            self.refusal = refusal
        }
    }

    /// Reserves the effect, or stores why there is nothing to send; returns it as stored.
    package func reserve(
        _ request: Request,
        _ activation: any CELActivation,
        in transaction: Transaction,
        at now: Instant
    ) throws -> Effect {
        let address = request.address.flatMap { MailAddress(mailbox: $0.string) }
        let effect: Effect
        if let reason = try self.refusal(request, address, transaction) {
            effect = try self.unsent(.skipped, request, address, reason, transaction, now)
        } else if let address {
            effect = try self.compose(request, address, activation, transaction, now)
        } else {
            effect = try self.unsent(.skipped, request, nil, "there is no address", transaction, now)
        }
        try transaction.put(effect)
        return effect
    }

    private func refusal(_ request: Request, _ address: MailAddress?, _ transaction: Transaction) throws -> Text? {
        guard let given = request.address, !given.isEmpty else { return "there is no address" }
        guard let address else { return "the address is none that mail can be sent to" }
        guard request.kind == .mail else { return nil }
        if let refusal = request.refusal { return refusal }
        return try transaction.suppression(of: address.canonical).map { Text("the address is suppressed: \($0)") }
    }

    private func compose(
        _ request: Request,
        _ address: MailAddress,
        _ activation: any CELActivation,
        _ transaction: Transaction,
        _ now: Instant
    ) throws -> Effect {
        let key = self.keys.key(request.place)
        let mail: OutgoingMail
        do throws(MailError) {
            guard let template = self.templates[request.template] else {
                throw MailError(.noTemplate, "there is no template \(request.template)")
            }
            mail = try template.render(to: address, sender: self.sender, activation)
            // Composed again when it leaves; here it only shows whether it can be.
            _ = try mail.mime(key: key, date: now)
        } catch {
            return try self.unsent(.failed, request, address, Text(error.message), transaction, now)
        }
        return try self.reserved(request, address, mail, transaction, now)
    }

    private func reserved(
        _ request: Request,
        _ address: MailAddress,
        _ mail: OutgoingMail,
        _ transaction: Transaction,
        _ now: Instant
    ) throws -> Effect {
        Effect(
            request.place,
            kind: request.kind,
            key: self.keys.key(request.place),
            record: request.record,
            template: request.template,
            recipient: address.canonical,
            at: now,
            journalEnd: try transaction.journalEnd(),
            message: mail.json
        )
    }

    private func unsent(
        _ state: EffectState,
        _ request: Request,
        _ address: MailAddress?,
        _ reason: Text,
        _ transaction: Transaction,
        _ now: Instant
    ) throws -> Effect {
        Effect(
            notSent: state,
            request.place,
            kind: request.kind,
            key: self.keys.key(request.place),
            record: request.record,
            template: request.template,
            recipient: address?.canonical,
            at: now,
            journalEnd: try transaction.journalEnd(),
            reason: reason
        )
    }
}
