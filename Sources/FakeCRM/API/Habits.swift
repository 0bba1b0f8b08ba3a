/// What a CRM does with a write that the writer did not ask for.
///
/// Each habit was seen in real products. `none` is a CRM that keeps exactly what it is given; `realistic` is what tests
/// and the demo run with.
package struct Habits: Sendable, Equatable {
    /// What happens to a lifecycle stage that would go backward.
    package enum BackwardStage: String, Sendable, CaseIterable {
        /// The write answers 200 and the stage stays, which is what the product's help describes.
        case ignore
        /// The write is refused with 400.
        case refuse
        /// The stage goes back.
        case accept
    }

    /// Answers of creates and updates carry the standing properties only, not the values that were written.
    package var answersWithoutValues = false
    /// White space at the ends of texts is cut.
    package var trimsText = false
    /// E-mail addresses are stored in lower case.
    package var lowercasesEmail = false
    /// Numbers are kept with this many decimals, halves away from zero; nil keeps all.
    package var keptDecimals: Int?
    /// Texts are cut after this many characters, without a word; nil keeps all.
    package var keptCharacters: Int?
    /// The most records of one page, however many were asked for; nil gives as many as were asked for.
    package var largestPage: Int?
    /// Blanks, dots, hyphens and brackets are taken out of phone numbers.
    package var stripsPhonePunctuation = false
    /// What happens to a backward lifecycle stage; clearing the stage first always works.
    package var backwardStage = BackwardStage.accept
    /// How long the search index takes to see a create, an update or an archival, in milliseconds.
    package var indexLag: Int64 = 0
    /// A contact, company or deal created without an owner gets one, in turn.
    package var fillsOwner = false
    /// A company created with a domain and no website gets the domain as its website.
    package var fillsWebsite = false
    /// A deal that is closed without a close date gets the time it was closed.
    package var fillsCloseDate = false
    /// A value that was cleared reads as an empty text instead of null.
    package var clearedReadsEmpty = false
    /// A write of the value that is already there still moves the modification time.
    package var touchesUnchanged = false
    /// Adding and removing associations moves the modification times of both records.
    package var associationsTouchRecords = false
    /// Results of batch writes and reads come back in another order than the inputs.
    package var shufflesResults = false
    /// Results of batch writes repeat the input's `objectWriteTraceId`.
    package var echoesTraceIDs = true
    /// A merge makes a new record; otherwise the primary record keeps its id.
    package var mergeMakesNewRecord = false
    /// A merged id leads to the record it became part of; otherwise it answers 404.
    package var mergedIDsLeadOn = true
    /// The ids in v4 association answers are numbers, as they were before the dated versions.
    package var numericAssociationIDs = false

    /// No habits at all.
    package static let none = Habits()

    /// The habits that tests and the demo run with: all that the product is known for.
    package static let realistic = Habits(
        answersWithoutValues: true,
        trimsText: true,
        lowercasesEmail: true,
        keptDecimals: 2,
        backwardStage: .ignore,
        indexLag: 3_000,
        fillsOwner: true,
        fillsWebsite: true,
        fillsCloseDate: true,
        clearedReadsEmpty: true,
        touchesUnchanged: true,
        shufflesResults: true,
        mergeMakesNewRecord: true,
        numericAssociationIDs: true
    )

    /// Creates habits; what is not named is off.
    package init(
        answersWithoutValues: Bool = false,
        trimsText: Bool = false,
        lowercasesEmail: Bool = false,
        keptDecimals: Int? = nil,
        keptCharacters: Int? = nil,
        largestPage: Int? = nil,
        stripsPhonePunctuation: Bool = false,
        backwardStage: BackwardStage = .accept,
        indexLag: Int64 = 0,
        fillsOwner: Bool = false,
        fillsWebsite: Bool = false,
        fillsCloseDate: Bool = false,
        clearedReadsEmpty: Bool = false,
        touchesUnchanged: Bool = false,
        associationsTouchRecords: Bool = false,
        shufflesResults: Bool = false,
        echoesTraceIDs: Bool = true,
        mergeMakesNewRecord: Bool = false,
        mergedIDsLeadOn: Bool = true,
        numericAssociationIDs: Bool = false
    ) {
        self.answersWithoutValues = answersWithoutValues
        self.trimsText = trimsText
        self.lowercasesEmail = lowercasesEmail
        self.keptDecimals = keptDecimals
        self.keptCharacters = keptCharacters
        self.largestPage = largestPage
        self.stripsPhonePunctuation = stripsPhonePunctuation
        self.backwardStage = backwardStage
        self.indexLag = indexLag
        self.fillsOwner = fillsOwner
        self.fillsWebsite = fillsWebsite
        self.fillsCloseDate = fillsCloseDate
        self.clearedReadsEmpty = clearedReadsEmpty
        self.touchesUnchanged = touchesUnchanged
        self.associationsTouchRecords = associationsTouchRecords
        self.shufflesResults = shufflesResults
        self.echoesTraceIDs = echoesTraceIDs
        self.mergeMakesNewRecord = mergeMakesNewRecord
        self.mergedIDsLeadOn = mergedIDsLeadOn
        self.numericAssociationIDs = numericAssociationIDs
    }
}
