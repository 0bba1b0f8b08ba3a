import Records

/// New rows of a page that wait to be written together.
///
/// It borrows the bytes that it is given: they must stay where they are until it is emptied.
struct PageQueue {
    struct NewRecord {
        let remote: UnsafeBufferPointer<UInt8>
        let version: Int64
        let properties: UnsafeBufferPointer<UInt8>
        let shadow: UnsafeBufferPointer<UInt8>
    }

    struct NewIdentity {
        let key: IdentityKeyNumber
        let canon: UnsafeBufferPointer<UInt8>
        /// Which of the records it belongs to.
        let owner: Int
    }

    /// The bytes of an id.
    static let idLength = 16

    /// One of the ids that follow each other.
    static func id(_ place: Int, in ids: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: ids[place * Self.idLength..<(place + 1) * Self.idLength])
    }

    private(set) var records: [NewRecord] = []
    private(set) var identities: [NewIdentity] = []
    /// The records' ids, one after the other.
    private(set) var ids: [UInt8] = []
    /// What was added since the page began, written or not.
    private(set) var names = PageNames()

    mutating func startPage() { self.names.removeAll() }

    mutating func add(_ id: RecordID, _ record: NewRecord) {
        self.records.append(record)
        id.withBytes { self.ids.append(contentsOf: $0) }
        self.names.addLink(record.remote)
    }

    /// Adds an identity of the record that was added last.
    mutating func addIdentity(_ key: IdentityKeyNumber, _ canon: UnsafeBufferPointer<UInt8>) {
        self.identities.append(NewIdentity(key: key, canon: canon, owner: self.records.count - 1))
        self.names.addIdentity(key, canon)
    }

    /// Forgets the rows, and keeps their names.
    mutating func removeRows() {
        self.records.removeAll(keepingCapacity: true)
        self.identities.removeAll(keepingCapacity: true)
        self.ids.removeAll(keepingCapacity: true)
    }
}

/// The remote ids and match keys that a page brought so far, as 64 bits each.
///
/// Two that share their bits only cost a look into the store.
struct PageNames {
    private var hashes: Set<UInt64> = []

    mutating func addLink(_ remote: UnsafeBufferPointer<UInt8>) { self.hashes.insert(Self.hash(remote, salt: 0)) }

    mutating func addIdentity(_ key: IdentityKeyNumber, _ canon: UnsafeBufferPointer<UInt8>) {
        self.hashes.insert(Self.hash(canon, salt: UInt64(bitPattern: key.rawValue)))
    }

    func hasLink(_ remote: UnsafeBufferPointer<UInt8>) -> Bool {
        !self.hashes.isEmpty && self.hashes.contains(Self.hash(remote, salt: 0))
    }

    func hasIdentity(_ key: IdentityKeyNumber, _ canon: UnsafeBufferPointer<UInt8>) -> Bool {
        !self.hashes.isEmpty && self.hashes.contains(Self.hash(canon, salt: UInt64(bitPattern: key.rawValue)))
    }

    mutating func removeAll() { self.hashes.removeAll(keepingCapacity: true) }

    /// FNV-1a, which the set hashes again with a seed of its own.
    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>, salt: UInt64) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ salt
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}
