package import Logging
package import Records
import Synchronization
package import Transport

/// A CRM account, read and written as its product's manifest says.
package final class ManifestAccount: RemoteAccount {
    /// The manifest in use.
    package let manifest: ConnectorManifest
    package let traits: RemoteTraits
    let caller: Caller
    /// Property names by label, by object: refusals name properties by label in some products.
    let labels = Mutex<[String: [String: String]]>([:])
    /// The readers of answers by what they read, the latest of each request.
    let readers: RecordReaders

    /// Opens an account; nothing is sent before the first call.
    ///
    /// `readers` are those of an earlier account of the same manifest; their plans are used again.
    /// Throws a `RemoteFailure` if the settings lack an address or a credential. Secrets stay in memory; the logger gets
    /// labels, statuses and cleaned messages at debug level, never a header or a body.
    package init(
        manifest: ConnectorManifest,
        settings: AccountSettings,
        transport: any HTTPTransport,
        clock: WallClock,
        sleeper: Sleeper,
        logger: Logger,
        readers: RecordReaders = RecordReaders()
    ) throws(RemoteFailure) {
        self.manifest = manifest
        self.readers = readers
        self.caller = try Caller(
            manifest: manifest,
            settings: settings,
            transport: transport,
            clock: clock,
            sleeper: sleeper,
            logger: logger
        )
        self.traits = manifest.traits(detectingLostUpdates: settings.detectsLostUpdates)
    }

    package var requestsMade: Int { self.caller.requests.values.reduce(0, +) }

    /// Requests made since the account was opened, by label (`contacts changes`), sorted by label.
    package var requestsByKind: [(label: String, count: Int)] {
        self.caller.requests.map { (label: $0.key, count: $0.value) }
            .sorted { $0.label.utf8.lexicographicallyPrecedes($1.label.utf8) }
    }

    package var denial: RemoteFailure? { self.caller.denial }

    package var dailyBudget: DailyBudget? { self.caller.daily }

    package func accountID() async throws -> Text {
        let rules = self.manifest.account
        let answer = try await self.reading { () async throws(CallFailure) in try await self.caller.json(rules.request)
        }
        guard let id = rules.id.text(TemplateScope(["answer": answer])), !id.utf8.isEmpty else {
            throw RemoteFailure(.unexpectedAnswer, "the answer does not say which account this is")
        }
        return Text(id)
    }

    /// The rules for an object, or a failure that names it.
    func rules(_ object: String) throws(RemoteFailure) -> ObjectRules {
        guard let rules = self.manifest.object(object) else {
            throw RemoteFailure(.badRequest, "the manifest of \(self.manifest.label) has no object \"\(object)\"")
        }
        return rules
    }

    /// Runs requests of a read and turns their failures into those that callers know.
    func reading<Result>(_ body: () async throws(CallFailure) -> Result) async throws -> Result {
        do {
            return try await body()
        } catch {
            if Task.isCancelled { throw CancellationError() }
            throw error.remoteFailure
        }
    }
}

extension ConnectorManifest {
    private var storedForms: [String: StoredForms] {
        let forms = self.objects.map { object in
            (object.name, StoredForms(all: self.values.stored, own: object.properties.mapValues(\.stored)))
        }
        return Dictionary(forms) { first, _ in first }
    }

    /// What the engine needs to know about the product.
    ///
    /// Who does not want histories asked for lives with the window between the read before a write and the write.
    func traits(detectingLostUpdates detects: Bool) -> RemoteTraits {
        var createKeys: [String: String] = [:]
        var unique: [String: [String]] = [:]
        var forwardOnly: [String: [String]] = [:]
        for object in self.objects {
            createKeys[object.name] = object.createKey
            unique[object.name] = object.unique.map(\.property)
            forwardOnly[object.name] = object.forwardOnly
        }
        let writes = self.objects.flatMap { [$0.create, $0.update].compactMap { $0?.batchSize } }
        let unenforced = self.objects.filter { object in
            object.unique.contains { $0.property == object.createKey && !$0.isEnforced }
        }
        let isDetected = self.lostUpdate == .detected && detects
        return RemoteTraits(
            product: self.product,
            lostUpdate: self.lostUpdate == .detected && !detects ? .window : self.lostUpdate,
            indexLag: self.indexLag,
            createKeys: createKeys,
            uniqueProperties: unique,
            batchSize: writes.min() ?? 1,
            readBatchSize: self.objects.compactMap { $0.read?.batchSize }.min() ?? 1,
            clearedText: self.values.clear.isNull ? .null : .text(Template.text(self.values.clear) ?? ""),
            hasAssociations: !self.associations.isEmpty,
            forwardOnly: forwardOnly,
            unenforcedKeys: Set(unenforced.map(\.name)),
            historyBatchSize: isDetected ? self.objects.compactMap { $0.history?.batchSize }.min() : nil,
            storedForms: self.storedForms,
            lists: self.lists.map(\.traits),
            activities: self.activities.map(\.traits)
        )
    }
}
