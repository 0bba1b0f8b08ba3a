package import Records

/// A kind of thing that records of a CRM can be put on by hand.
package enum RemoteListKind: String, Hashable, Sendable, CaseIterable {
    /// A list with members of its own.
    case list
    /// A campaign with members.
    case campaign
}

/// How a mapping names a list.
package enum RemoteListReference: Hashable, Sendable {
    /// By what people call it.
    case name(Text)
    /// By the CRM's id.
    case id(Text)

    /// The name or the id, as people wrote it.
    package var text: Text {
        switch self {
        case .name(let text), .id(let text): text
        }
    }
}

/// A list of a CRM, as it was found there.
package struct RemoteList: Hashable, Sendable {
    /// What it is.
    package let kind: RemoteListKind
    /// The object of its members.
    package let object: String
    /// The CRM's id.
    package let id: Text
    /// Why nobody can be put on it, such as that the CRM fills it by itself; nil if people can.
    package let refusal: String?

    /// Creates a list.
    package init(kind: RemoteListKind, object: String, id: Text, refusal: String? = nil) {
        self.kind = kind
        self.object = object
        self.id = id
        self.refusal = refusal
    }
}

/// What a product's lists of one kind and object can do.
package struct RemoteListTraits: Hashable, Sendable {
    /// What they are.
    package let kind: RemoteListKind
    /// The object of their members.
    package let object: String
    /// How often the members are read, to see what people in the CRM did; nil with a sweep only.
    package let every: Duration?
    /// The most records of one call.
    package let batchSize: Int

    /// Creates the traits.
    package init(kind: RemoteListKind, object: String, every: Duration?, batchSize: Int) {
        self.kind = kind
        self.object = object
        self.every = every
        self.batchSize = batchSize
    }
}

/// A kind of activity that can be written about a record.
package struct RemoteActivityTraits: Hashable, Sendable {
    /// What mappings call it: `note`.
    package let kind: String
    /// The remote object that such activities are.
    package let object: String
    /// The property that holds what happened.
    package let text: String
    /// The property that holds when.
    package let time: String
    /// The longest text, in characters.
    package let limit: Int
    /// Whether the CRM shows it as HTML, so that the text has to be written as such.
    package let isHTML: Bool
    /// The objects that it can be about.
    package let about: [String]

    /// Creates the traits.
    package init(
        kind: String,
        object: String,
        text: String,
        time: String,
        limit: Int,
        isHTML: Bool,
        about: [String]
    ) {
        self.kind = kind
        self.object = object
        self.text = text
        self.time = time
        self.limit = limit
        self.isHTML = isHTML
        self.about = about
    }
}

/// A record that a new one is about, tied to it by the request that makes it.
package struct RemoteTie: Hashable, Sendable {
    /// The object of the record that is there.
    package let object: String
    /// Its id.
    package let id: Text

    /// Creates a tie.
    package init(object: String, id: Text) {
        self.object = object
        self.id = id
    }
}
