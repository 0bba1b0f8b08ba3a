import Connectors
import Foundation
import HandOff
import Mapping
import Messaging
import Records
import Store
import Transport
import WorkflowRunner

/// The automation of a workspace at work: the workflow runner, and how its mail leaves.
struct Automation {
    /// What the configuration says.
    let configuration: AutomationConfiguration
    /// Runs the workflows.
    let runner: WorkflowRunner
    /// Carries leads to sales; nil if no hand-off is configured.
    let handOffs: HandOffRunner?
    /// Where mail is reserved.
    let desk: MailDesk
    /// Sends what is reserved; nil if no mail server is configured.
    let outbox: Outbox?
    private let client: SMTPClient?

    /// Opens the automation over a store; throws a `DiagnosticList` if the configuration has errors.
    init(_ context: CommandContext, store: Store) throws {
        let findings = Findings()
        let configuration = try AutomationConfiguration.load(context.workspace, findings)
        try findings.throwIfErrors()
        let client = try context.workspace.configuration.mail.map { try Self.client($0) }
        let outbox = client.map { Outbox(store: store, mailer: TransportMailer($0)) }
        let desk = MailDesk(
            templates: configuration.templates,
            sender: configuration.sender,
            keys: try EffectKeys.load(from: store, randomness: context.randomness)
        )
        self.configuration = configuration
        self.client = client
        self.outbox = outbox
        self.desk = desk
        self.runner = WorkflowRunner(store: store, library: configuration.library, desk: desk, outbox: outbox)
        self.handOffs = configuration.handOff.map { rules in
            HandOffRunner(
                store: store,
                rules: rules,
                scoring: configuration.library.scoring,
                desk: desk,
                ids: context.ids,
                outbox: outbox
            )
        }
    }

    /// Does all there is to do now: workflows, scores, hand-offs, mail.
    @discardableResult
    func tick(now: Instant) async throws -> TickReport {
        let report = try await self.runner.tick(now: now)
        _ = try await self.handOffs?.tick(now: now)
        return report
    }

    /// Ends the connections to the mail server.
    func stop() { self.client?.stop() }

    private static func client(_ mail: MailConfiguration) throws -> SMTPClient {
        guard let url = URL(string: mail.url), let host = url.host, url.scheme == "smtp" || url.scheme == "smtps" else {
            throw CommandError(
                .data,
                "Config/relais.yaml: the mail url must look like smtp://host:587 or smtps://host:465"
            )
        }
        let isImplicit = url.scheme == "smtps"
        let security: SMTPConfiguration.Security =
            isImplicit ? .implicitTLS : (mail.allowsPlain ? .plainOnLoopback : .startTLS)
        return try SMTPClient(
            SMTPConfiguration(
                host: host,
                port: url.port ?? (isImplicit ? 465 : 587),
                security: security,
                username: mail.user,
                password: mail.password?.reveal()
            )
        )
    }
}
