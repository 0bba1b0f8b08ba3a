/// Records of a page with the bytes that the store's page path takes.
///
/// The bytes of all records are in two arrays, so that none costs an allocation of its own; a record's parts are ranges.
struct PreparedPage: Sendable {
    /// One record, and as much of it as could be made ready.
    struct Entry: Sendable {
        let record: Incoming
        /// The remote id, in `keys`.
        let id: Range<Int>
        /// All values as a remote shadow, in `json`; empty if they cannot be stored.
        let shadow: Range<Int>
        /// What a new record would be made of.
        var creation = Creation.unmade
    }

    /// What a new record is made of.
    enum Creation: Sendable {
        /// Not made yet, or something had to be looked up that only the open transaction knows.
        case unmade
        /// It has to be made the ordinary way: something is to be noted, or cannot be stored.
        case ordinary
        /// The properties, in `json`, and the place of its first canonical key in `canons`: the mapping's match keys come
        /// first, then all that the store keeps.
        case ready(properties: Range<Int>, canons: Int)
    }

    var entries: [Entry] = []
    /// Values as JSON.
    var json: [UInt8] = []
    /// Ids and canonical keys.
    var keys: [UInt8] = []
    /// The places of canonical keys, in `keys`; empty where a record has none.
    var canons: [Range<Int>] = []
}
