package import Records

/// What a CRM said about a record's whereabouts.
package enum RemoteState: Hashable, Sendable {
    /// It is there.
    case live
    /// It is archived.
    case archived
    /// It is gone, with evidence.
    case gone
    /// It lives on under another id.
    case merged(into: Text)
    /// A record of another object took its place.
    case converted(into: Text, of: ObjectNumber)

    var word: String {
        switch self {
        case .live: "live"
        case .archived: "archived"
        case .gone: "gone"
        case .merged, .converted: "merged"
        }
    }

    var target: Text? {
        switch self {
        case .merged(let target), .converted(let target, _): target
        case .live, .archived, .gone: nil
        }
    }

    /// The object of the record that took its place, if it is another one.
    var targetObject: ObjectNumber? {
        guard case .converted(_, let object) = self else { return nil }
        return object
    }
}

/// The last state of a remote record that differs from its link's remote shadow, or that has no link yet.
package struct RemoteObservation: Hashable, Sendable {
    /// The remote record.
    package let key: LinkKey
    /// Its version.
    package let version: Int64
    /// Its whereabouts.
    package let state: RemoteState
    /// Its values by the shape's places; nil if there are none, as for a record that is gone.
    package let values: [Value]?
    /// The shape of the values; nil without values.
    package let shape: ShapeNumber?
    /// The record of ours whose id the remote record carries, because it was made from it (R4); nil if it carries none.
    package let named: RecordID?
    /// When it was read.
    package let observedAt: Instant

    /// Creates an observation; with values it needs their shape.
    package init(
        key: LinkKey,
        version: Int64,
        state: RemoteState = .live,
        values: [Value]?,
        shape: ShapeNumber?,
        named: RecordID? = nil,
        observedAt: Instant
    ) {
        precondition((values == nil) == (shape == nil), "values come with their shape")
        self.key = key
        self.version = version
        self.state = state
        self.values = values
        self.shape = shape
        self.named = named
        self.observedAt = observedAt
    }
}

/// What became of an observation that was offered.
package enum ObservationFate: Hashable, Sendable {
    /// It is stored.
    case stored
    /// It is older than what is known, and was dropped (R3).
    case stale
}
