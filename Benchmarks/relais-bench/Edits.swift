import Connectors
import Records
import Store

/// Changes to a store and its CRM that are spread over all contacts, no contact changed on both sides.
struct Edits {
    /// The contacts that change here.
    let local: [Link]
    /// The contacts that change in the CRM.
    let remote: [Link]
    private let scene: Scene

    /// Picks the contacts to change.
    init(_ scene: Scene, count: Int) throws {
        let total = try scene.store.read { try $0.countLinks(scene.connection, scene.remoteContacts) }
        var picked: [Link] = []
        var place = 0
        var after: Text = ""
        while picked.count < count {
            let links = try scene.store.read {
                try $0.links(scene.connection, scene.remoteContacts, after: after, limit: 5_000)
            }
            guard let last = links.last else { break }
            after = last.key.remote
            for link in links {
                if place * count / total < (place + 1) * count / total { picked.append(link) }
                place += 1
            }
        }
        self.scene = scene
        self.local = picked.enumerated().filter { $0.offset.isMultiple(of: 2) }.map(\.element)
        self.remote = picked.enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element)
    }

    /// A person here moves some contacts to another city.
    func applyLocally() throws {
        try self.scene.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:bench"), at: self.scene.clock.now)
            for (place, link) in self.local.enumerated() {
                let city = PropertySetting("city", .text("Ici \(self.scene.seed)-\(place)"))
                try transaction.change(link.record, set: [city], cause: cause)
            }
        }
    }

    /// People here change some of those contacts again, wherever they were changed first; gives how many.
    func touchSince(every distance: Int) throws -> Int {
        let touched = (self.local + self.remote).enumerated().filter { $0.offset.isMultiple(of: distance) }
        try self.scene.store.write { transaction in
            let cause = Cause(actor: try transaction.actor("person:bench"), at: self.scene.clock.now)
            for (place, link) in touched {
                let city = PropertySetting("city", .text("Depuis \(self.scene.seed)-\(place)"))
                try transaction.change(link.record, set: [city], cause: cause)
            }
        }
        return touched.count
    }

    /// People in the CRM move others, through an account of their own, so that its requests are not counted.
    func applyRemotely() async throws {
        let account = try self.scene.openAccount()
        for start in stride(from: 0, to: self.remote.count, by: 100) {
            let writes = (start..<min(start + 100, self.remote.count)).map { place in
                let city = RemotePropertyWrite(name: "city", value: .text("Là \(self.scene.seed)-\(place)"))
                return RemoteWrite(
                    id: self.remote[place].key.remote,
                    basedOn: nil,
                    key: String(place),
                    properties: [city]
                )
            }
            for result in await account.update("contacts", writes) {
                guard case .updated = result.outcome else {
                    throw BenchError("the CRM did not take an edit: \(result.outcome)")
                }
            }
        }
    }
}
