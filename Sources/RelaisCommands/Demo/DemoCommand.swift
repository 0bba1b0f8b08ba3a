import ArgumentParser
import FakeCRM
import Foundation
import Logging
import Records

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Watch a CRM and a marketing store keep each other true, and a lead become a deal.",
        subcommands: [DemoRun.self, DemoServe.self],
        defaultSubcommand: DemoRun.self
    )
}

struct DemoRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run", abstract: "Run the demo.")

    @Flag(help: "Answer with one JSON document.") var json = false
    @Option(help: "What the people and their data are derived from.") var seed: UInt64 = 7
    @Option(help: "How many contacts the CRM has.") var contacts = 1000
    @Option(help: "Keep the workspace and the fake CRM's data in DIR.") var keep: String?

    func validate() throws {
        guard (20...100_000).contains(self.contacts) else {
            throw ValidationError("--contacts must be between 20 and 100000")
        }
    }

    func run() async throws {
        let output = Output.standard(isJSON: self.json)
        do {
            let folder = try self.folder()
            let world = try DemoWorld.make(seed: self.seed, contacts: self.contacts, folder: folder)
            try await DemoStage(world: world, output: output, isKept: self.keep != nil).run()
            if self.keep == nil { try? FileManager.default.removeItem(at: folder) }
        } catch {
            throw ExitCode(Failure.report(error, to: output).rawValue)
        }
    }

    private func folder() throws -> URL {
        let files = FileManager.default
        if let keep {
            let folder = URL(filePath: keep)
            if let content = try? files.contentsOfDirectory(atPath: keep), !content.isEmpty {
                throw CommandError(.usage, "\(keep) is not empty; name a new folder")
            }
            try files.createDirectory(at: folder, withIntermediateDirectories: true)
            return folder
        }
        let folder = files.temporaryDirectory.appending(path: "relais-demo-\(UInt64.random(in: .min ... .max))")
        try files.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder
    }
}

struct DemoServe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Start the fake CRM of a kept demo again; every command works on its workspace meanwhile."
    )

    @Argument(help: "The folder that `relais demo --keep` made.") var folder: String

    func run() async throws {
        let output = Output.standard(isJSON: false)
        do {
            let root = URL(filePath: self.folder)
            let workspace = try Workspace.load(self.folder, environment: ProcessInfo.processInfo.environment)
            let crmFolder = DemoWorld.crmFolder(of: root).path
            guard let base = try workspace.connection("hubspot").baseURL.flatMap({ URL(string: $0) }),
                let port = base.port,
                let accounts = try? FakeCRMAccount.load(from: crmFolder, clock: .system)
            else {
                throw CommandError(
                    .data,
                    "\(self.folder) is not a kept demo; make one with `relais demo --keep \(self.folder)`"
                )
            }
            let server = FakeCRMServer(
                accounts: accounts,
                port: port,
                controlToken: DemoWorld.token,
                directory: crmFolder,
                logger: Logger(label: "crm") { StreamLogHandler.standardError(label: $0) }
            )
            try Self.makeSureIsFree(port)
            try await server.run { port in
                output.line("The fake CRM listens on http://127.0.0.1:\(port); stop it with Ctrl-C.")
                output.line("Now, in another terminal: relais plan hubspot --workspace \(self.folder)")
            }
        } catch {
            throw ExitCode(Failure.report(error, to: output).rawValue)
        }
    }

    /// Throws if somebody listens on the port already, such as this command in another terminal.
    private static func makeSureIsFree(_ port: Int) throws {
        let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard probe >= 0 else { return }
        defer { close(probe) }
        var yes: Int32 = 1
        setsockopt(probe, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(clamping: port)).bigEndian
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) { bind(probe, $0.baseAddress, size) }
        }
        guard result != 0, errno == EADDRINUSE else { return }
        throw CommandError(
            .failed,
            "port \(port) is taken: is `relais demo serve` running already? Stop it, or change the port of base_url"
        )
    }
}
