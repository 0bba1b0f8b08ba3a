/// Several accounts behind one address, as a server of the product has them, and the control endpoints.
struct FakeCRM: Sendable {
    let accounts: [FakeCRMAccount]
    let controlToken: String
    /// Where the accounts are saved when asked; nil saves nothing.
    let directory: String?
    let held: HeldAnswers

    /// Answers a request: control endpoints here, everything else by the account that knows the token.
    func handle(_ request: FakeRequest) -> FakeResponse {
        if request.path.hasPrefix("/__fake/") { return self.control(request) }
        let parts = (request.header("Authorization") ?? "").split(separator: " ")
        let token = parts.count == 2 ? String(parts[1]) : ""
        let account = self.accounts.first { $0.knows(token: token) } ?? self.accounts.first
        return account?.handle(request) ?? FakeResponse(status: 503)
    }

    /// Saves all accounts, each in a file of its own.
    func save() throws {
        guard let directory = self.directory else { return }
        for account in self.accounts { try account.save(to: directory) }
    }
}
