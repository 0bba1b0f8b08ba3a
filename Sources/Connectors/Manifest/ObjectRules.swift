import Mapping
import Records

/// How one remote object is read and written.
final class ObjectRules: Sendable {
    let name: String
    let record: RecordRules
    let properties: [String: PropertyRules]
    let subRecords: [String: SubRecordRules]
    let createKey: String?
    let unique: [UniqueProperty]
    /// Properties that the product lets climb only: a step back takes a clear before it.
    let forwardOnly: [String]
    /// Properties that the product gives a value of its own where a create has none, though its schema requires them.
    let fills: [String]
    let list: ListRule?
    let changes: ListRule?
    let archived: ListRule?
    let read: ReadRule?
    let history: HistoryRule?
    let create: WriteRule?
    let update: WriteRule?
    let upsert: WriteRule?
    let archive: WriteRule?
    let erase: WriteRule?
    let action: WriteRule?
    let discover: DiscoverRule?
    let createKeyRule: CreateKeyRule?

    /// Creates the rules.
    init(
        name: String,
        record: RecordRules,
        properties: [String: PropertyRules],
        subRecords: [String: SubRecordRules],
        createKey: String?,
        unique: [UniqueProperty],
        forwardOnly: [String],
        fills: [String],
        list: ListRule?,
        changes: ListRule?,
        archived: ListRule?,
        read: ReadRule?,
        history: HistoryRule?,
        create: WriteRule?,
        update: WriteRule?,
        upsert: WriteRule?,
        archive: WriteRule?,
        erase: WriteRule?,
        action: WriteRule?,
        discover: DiscoverRule?,
        createKeyRule: CreateKeyRule?
    ) {
        self.name = name
        self.record = record
        self.properties = properties
        self.subRecords = subRecords
        self.createKey = createKey
        self.unique = unique
        self.forwardOnly = forwardOnly
        self.fills = fills
        self.list = list
        self.changes = changes
        self.archived = archived
        self.read = read
        self.history = history
        self.create = create
        self.update = update
        self.upsert = upsert
        self.archive = archive
        self.erase = erase
        self.action = action
        self.discover = discover
        self.createKeyRule = createKeyRule
    }
}

/// A property by which a record can be read directly.
struct UniqueProperty: Sendable {
    let property: String
    /// Whether the CRM takes `Ada@` for `ada@`.
    let ignoresCase: Bool
    /// Whether the CRM refuses a second record with the same value.
    let isEnforced: Bool
}

/// How one record looks in every answer.
struct RecordRules: Sendable {
    let id: AnswerPath
    /// How an id is written in requests.
    let idForm: Template
    /// Where the properties are.
    let properties: AnswerPath
    /// Where times of modification are; the latest is the version.
    let versions: [AnswerPath]
    /// Fields that every read asks for.
    let request: [String]
    /// Where to see whether a record is archived, and the values that say so.
    let archived: (path: AnswerPath, values: [JSON])?
    /// Where the id of the record that took this one's place is.
    let remap: AnswerPath?
    /// Where the ids of the records that were merged into this one are, in one text; nil if it does not tell.
    let merged: (path: AnswerPath, separator: String)?
    /// Where the id of the record of another object is that took this one's place, as of a converted lead; nil if none does.
    let converted: (object: String, path: AnswerPath)?
}

/// How a property differs from a plain member of its record.
struct PropertyRules: Sendable {
    /// Its name in the API.
    let field: String
    /// How its value is written; nil for the common forms.
    let form: ValueForm?
    /// The row that holds it, if it is one of its own.
    let subRecord: (name: String, where: [(key: String, value: JSON)], value: String)?
    /// The calls that set it, by value, if it cannot be written.
    let actions: [String: String]?
    /// The value of new records, for which no call is needed.
    let initial: String?
    /// The look-up that says what people call the ids which the property holds; nil if it holds no such ids.
    let codes: String?
    /// What the product makes of its texts, beside what it makes of all.
    let stored: [NormalLens.Form]
}

/// Rows that belong to a record and hold some of its properties.
struct SubRecordRules: Sendable {
    let name: String
    let at: AnswerPath
    let id: AnswerPath
    /// Fields to ask for when one of them is wanted.
    let request: [String]
    /// The member of a write that takes the commands, and the commands.
    let into: String
    let create: Template
    let update: Template
    let remove: Template
    let token: TokenRule?
}

/// A mark of a row's state that makes a write conditional.
struct TokenRule: Sendable {
    /// The field to ask for.
    let request: [String]
    let path: AnswerPath
    /// The name under which the write carries it, with `${id}`.
    let name: Template
}

/// How a list goes on.
enum Paginator: Sendable {
    /// The answer names the next page.
    case cursor(AnswerPath)
    /// The last record's key; `more` leads somewhere only if there are more, else a short page is the last.
    case keyset(key: AnswerPath, start: JSON, more: AnswerPath?)
    /// By counting records.
    case offset
    /// By counting pages.
    case page(start: Int)
    /// One page is all.
    case none
}

/// A list that is read page by page.
struct ListRule: Sendable {
    let request: RequestRule
    let records: AnswerPath
    let pageSize: Int
    let paginator: Paginator
    /// How the time is written from which changes are wanted.
    let since: ValueForm?
    /// How often the list is read, for lists that are not read each time.
    let every: Duration?
}

/// How records are read by id or key.
struct ReadRule: Sendable {
    let request: RequestRule
    /// Requests of their own for some keys.
    let by: [String: RequestRule]
    let records: AnswerPath
    let batchSize: Int
}

/// How records are read together with what their properties were before.
struct HistoryRule: Sendable {
    let request: RequestRule
    let records: AnswerPath
    let batchSize: Int
    /// Where a record's histories are, by the property's name in the API.
    let versions: AnswerPath
    let value: AnswerPath
    let time: AnswerPath?
    /// The parts of "who", in the order in which people read them.
    let source: [AnswerPath]
    /// What the first of these parts says where a program wrote, through the API, and not a person.
    let integrations: [String]
}

/// How records are written.
struct WriteRule: Sendable {
    /// How a result is tied to its input.
    enum Match: Sendable {
        /// By its place in the list.
        case position
        /// By a name of ours that the result repeats.
        case trace(AnswerPath)
        /// By the record's id.
        case id(AnswerPath)
        /// By a property that is unique.
        case property(String)
    }

    /// Where the results are.
    struct Results: Sendable {
        let records: AnswerPath
        let match: [Match]
        /// Where the id is in a result; nil for the record's own place.
        let id: AnswerPath?
    }

    /// What is read before a write: rows of its properties, marks of its state.
    struct Preparation: Sendable {
        let token: TokenRule?
    }

    let request: RequestRule
    let batchSize: Int
    /// nil if an answer without errors means that every input was carried out.
    let results: Results?
    /// Where the errors of single inputs are, and in each the names of the inputs it concerns.
    let errors: (list: AnswerPath, trace: AnswerPath?)?
    /// Values that every record gets.
    let with: Template?
    let prepare: Preparation?
}

/// How an object's properties are listed.
struct DiscoverRule: Sendable {
    let request: RequestRule
    let records: AnswerPath
    let name: AnswerPath
    let label: AnswerPath
    let type: AnswerPath
    let options: OptionRules?
    let readOnly: [AnswerPath]
    let required: AnswerPath?
    let unique: AnswerPath?
}

/// How the property is made that carries our record's id.
struct CreateKeyRule: Sendable {
    let find: RequestRule
    let unique: AnswerPath
    let make: RequestRule
}

/// How one kind of association is read and written.
struct AssociationRules: Sendable {
    /// How associations are listed.
    struct Read: Sendable {
        let request: RequestRule
        let records: AnswerPath
        let batchSize: Int
        let from: AnswerPath
        /// The elements of a record that each are an association; nil if the record is one.
        let each: AnswerPath?
        let to: AnswerPath
        /// The id of the association itself.
        let link: AnswerPath?
        let nextPage: AnswerPath?
        /// The associations that count: those with this value there.
        let keep: (path: AnswerPath, equals: Template)?
    }

    /// How associations are added or removed.
    struct Write: Sendable {
        let request: RequestRule
        let batchSize: Int
        let errors: AnswerPath?
        /// What is already there is not added again.
        let skipsExisting: Bool
        /// What is not there is not removed.
        let onlyExisting: Bool
        let resolve: Resolve?
    }

    /// How the thing is found that stands for a record in an association.
    struct Resolve: Sendable {
        let request: RequestRule
        let records: AnswerPath
        let key: AnswerPath
        let value: AnswerPath
        /// Why an input is refused for which there is none.
        let missing: String
    }

    let from: String
    let to: String
    let label: String?
    let read: Read?
    let add: Write?
    let remove: Write?
}
