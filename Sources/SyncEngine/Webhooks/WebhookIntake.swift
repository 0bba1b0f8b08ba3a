package import Connectors
package import Records
package import Store

/// Takes in a CRM's notifications: checks who sent them, and keeps which records to look at.
///
/// A notification is a hint, never a value: what it says may be late, doubled or out of order. So nothing of it is stored but
/// the ids; the next run reads those records by id, before anything else. The hints are rows, so that a kill loses none.
package struct WebhookIntake: Sendable {
    /// What became of a notification.
    package struct Receipt: Hashable, Sendable {
        /// The HTTP status to answer with.
        package let status: Int
        /// Why it was refused as a whole; nil if it was not.
        package let refusal: WebhookRefusal?
        /// Events whose records will be read.
        package var accepted = 0
        /// Events that had been taken in before.
        package var repeated = 0
        /// Events of objects that no mapping of the connection covers.
        package var unmapped = 0
        /// Events of another account, which this connection has nothing to do with.
        package var foreign = 0
    }

    /// How long an event is remembered, so that it is not taken in again; longer than any sender repeats.
    package static let memory = Duration.seconds(4 * 86_400)

    private let connection: String
    private let reader: WebhookReader
    private let objects: Set<String>
    private let store: Store
    private let clock: WallClock

    /// Creates the intake of a connection; `objects` are the remote objects that its mappings cover.
    package init(
        connection: String,
        reader: WebhookReader,
        objects: Set<String>,
        store: Store,
        clock: WallClock
    ) {
        self.connection = connection
        self.reader = reader
        self.objects = objects
        self.store = store
        self.clock = clock
    }

    /// Takes in one notification; throws only what the store throws.
    ///
    /// Answers 204 to what is good, also if nothing of it concerns us, because a sender repeats everything else for hours.
    package func receive(_ request: WebhookRequest) throws -> Receipt {
        let now = self.clock.now
        let events: [WebhookEvent]
        do {
            events = try self.reader.events(of: request, now: now)
        } catch {
            return Receipt(status: error.status, refusal: error)
        }
        return try self.store.write { transaction in
            var receipt = Receipt(status: 204, refusal: nil)
            guard let connection = try transaction.connection(self.connection), let account = connection.account else {
                return Receipt(status: WebhookRefusal.notSupported.status, refusal: .notSupported)
            }
            for event in events {
                if let other = event.account, other != account {
                    receipt.foreign += 1
                } else if !self.objects.contains(event.object) {
                    receipt.unmapped += 1
                } else if try !transaction.noteEvent(event.digest, of: connection.number, at: now) {
                    receipt.repeated += 1
                } else {
                    receipt.accepted += 1
                    let object = try transaction.object(event.object)
                    for id in event.records {
                        try transaction.addHint(LinkKey(connection.number, object, id), type: event.type, at: now)
                    }
                }
            }
            try transaction.forgetEvents(of: connection.number, before: now.advanced(by: .zero - Self.memory))
            return receipt
        }
    }
}
