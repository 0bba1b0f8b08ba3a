/// A safety rule of the engine, switched off on purpose to see which test notices.
///
/// Each case is a mistake that a competent programmer could make, in one small place of the engine. A test that passes
/// with the rule taken out is no test of the rule, so every case must make one of its tests fail (`Tests/breakages`), and
/// the simulation find it.
///
/// To add one: add a case here with a sentence that says what the engine does wrong; put
/// `if Breakage.theCase.isOn { … }` into the one place that holds the rule, and nothing else there; give it a row in
/// `Tests/breakages` with the tests that ought to fail; run `Tests/breakages the-case`, and write the missing test if it
/// survives.
///
/// Builds for release hold none of it: see `isOn`. Without `@usableFromInline` the optimiser of another module does not see
/// the constant.
@usableFromInline package enum Breakage: String, CaseIterable, Sendable {
    // MARK: A record's life (R6, R8, R10, R16, R17)

    /// One read by id without an answer is evidence enough, even if the whole account does not answer.
    case oneMissIsEvidence = "one-miss-is-evidence"
    /// A deletion in the CRM wins over an edit that was made here meanwhile.
    case deletionIgnoresEdit = "deletion-ignores-edit"
    /// Our deletion is carried to the CRM over an edit that was made there meanwhile.
    case archiveIgnoresEdit = "archive-ignores-edit"
    /// An edit that the CRM has not got is forgotten with the record that the CRM archived.
    case departedEditForgotten = "departed-edit-forgotten"
    /// A record that was merged away in the CRM counts as deleted.
    case mergeIsDeletion = "merge-is-deletion"
    /// A merge forgets the edits of the lost record that no CRM has got yet.
    case mergeForgetsEdits = "merge-forgets-edits"
    /// What an undo put back is not held, so that the next sync repeats the run.
    case undoWithoutHold = "undo-without-hold"
    /// An undo puts back old values over what somebody typed since.
    case undoOverEdits = "undo-over-edits"
    /// A CRM that took a value back in a form of its own is said not to have taken it, and the run is repeated.
    case ownFormIsNotTakenBack = "own-form-is-not-taken-back"
    /// Whoever was erased is made again from the first CRM that still knows them.
    case erasedComesBack = "erased-comes-back"
    /// Associations count as unchanged while the record's modified time does not move.
    case associationsNeedNewTime = "associations-need-new-time"
    /// A record that one object of a family owns is made in the other one too.
    case familyOwnsTwice = "family-owns-twice"
    /// Unique values that change hands are sent in any order.
    case uniqueValuesInAnyOrder = "unique-values-in-any-order"

    // MARK: Settling a write (R1)

    /// Whatever is read back after a write counts as agreed, also what somebody typed after it.
    case anyReadbackIsAgreed = "any-readback-is-agreed"
    /// A write that the CRM took and ignored counts as agreed, so that our value never gets there.
    case ignoredWriteIsAgreed = "ignored-write-is-agreed"
    /// A write that the CRM took and ignored is sent again with every run.
    case retryIgnoredWrite = "retry-ignored-write"
    /// A mapping that was edited goes on reading where it stood, and forgets what was seen through it.
    case editedMappingReadsNothing = "edited-mapping-reads-nothing"
    /// A value whose write was never answered is dropped when somebody else's value is found in its place.
    case overtakenIsForgotten = "overtaken-is-forgotten"
    /// A part of a text goes out with the other parts as both last agreed on them, not as the CRM holds them.
    case partsJoinedWithShadow = "parts-joined-with-shadow"
    /// What the CRM makes of a part that only went along with another one counts as somebody's edit.
    case carriedPartIsEdit = "carried-part-is-edit"
    /// A write without an answer counts as one that went through.
    case noAnswerIsSuccess = "no-answer-is-success"
    /// The remote shadow keeps what was sent instead of what the CRM made of it.
    case shadowIsWhatWasSent = "shadow-is-what-was-sent"
    /// After a write both sides count as agreed on what the record holds now, not on what was sent.
    case editDuringWriteIsAgreed = "edit-during-write-is-agreed"

    // MARK: Seeing a change

    /// One shadow for both sides: the remote value is compared with the local one of the last agreement.
    case dropRemoteShadow = "drop-remote-shadow"
    /// Changes are detected through the transform instead of against each side's own shadow.
    case shadowThroughTransform = "shadow-through-transform"
    /// A record whose modified time did not move is taken as unchanged, whatever it holds.
    case clockDetectsChanges = "clock-detects-changes"
    /// Two clocks are trusted to the microsecond.
    case clocksAgree = "clocks-agree"
    /// An observation stays after it was taken in, and is taken in again.
    case observationAppliedTwice = "observation-applied-twice"
    /// A change that came from one CRM is not noted for the others.
    case changeReachesNobodyElse = "change-reaches-nobody-else"
    /// A field that the CRM did not mention counts as one that somebody cleared (R10).
    case absentIsClear = "absent-is-clear"

    // MARK: Overwriting (R2, R3)

    /// Records are written without being read just before.
    case noGuardRead = "no-guard-read"
    /// A conditional write is sent without its condition.
    case unconditionalWrite = "unconditional-write"
    /// What a lagging index shows is taken in over what is newer.
    case noVersionFloor = "no-version-floor"
    /// Our own writes do not raise the version floor.
    case writesRaiseNoFloor = "writes-raise-no-floor"
    /// What a list shows at the version floor is taken in without a read by id.
    case floorContentTrusted = "floor-content-trusted"
    /// What was overwritten unseen is not looked for in the CRM's history.
    case historyNotAsked = "history-not-asked"
    /// A history that leaves out a record, or our write, is taken for the whole of it.
    case damagedHistoryIsWhole = "damaged-history-is-whole"
    /// What an answer said is forgotten while its history is waited for.
    case answerForgottenWithHistory = "answer-forgotten-with-history"
    /// Whatever is in the history before our write counts as what we had seen.
    case anyEarlierValueIsBase = "any-earlier-value-is-base"
    /// A set of associations is written as it was when the record was last looked at.
    case associationsNotGuarded = "associations-not-guarded"

    // MARK: Writes in flight, and cursors (R4)

    /// New records are not marked with our id, nor looked up by it.
    case noCreateKey = "no-create-key"
    /// A create without an answer is forgotten at once.
    case unansweredCreateForgotten = "unanswered-create-forgotten"
    /// A write whose fate is unknown is sent again without a look at what it did.
    case resendWithoutReadback = "resend-without-readback"
    /// What was in flight when the process died is forgotten by the next one.
    case inFlightForgottenAfterRestart = "in-flight-forgotten-after-restart"
    /// A create without a key is given up before the index can show it.
    case noPatienceWithTheIndex = "no-patience-with-the-index"
    /// A create whose key nobody keeps unique is sent again as soon as a look finds nothing.
    case noPatienceWithAKey = "no-patience-with-a-key"
    /// Of several records that carry our id, the first is taken for the one that we made.
    case firstOfSeveralKeys = "first-of-several-keys"
    /// The reader's position is stored before what it read.
    case advanceCursorBeforeCommit = "advance-cursor-before-commit"
    /// The position in the journal is stored before the new records are made.
    case createCursorBeforeCreate = "create-cursor-before-create"
    /// What a plan read is not looked at again by the sync after it.
    case planEatsTheCursor = "plan-eats-the-cursor"
    /// A plan's local side is committed.
    case planIsCommitted = "plan-is-committed"

    // MARK: Identity (R7)

    /// The first of several hits is linked.
    case linkFirstOfSeveralHits = "link-first-of-several-hits"
    /// A hit that is linked already is linked again.
    case secondLinkOnOneHit = "second-link-on-one-hit"
    /// A record whose match is linked already counts as nobody we know.
    case linkedHitIsNobody = "linked-hit-is-nobody"
    /// A later match key links although an earlier one says otherwise.
    case contradictionIgnored = "contradiction-ignored"
    /// `info@` identifies a person.
    case roleAddressIsKey = "role-address-is-key"
    /// Who is erased with `info@` turns away everybody else with it.
    case roleAddressIsErased = "role-address-is-erased"
    /// A changed match key cuts the link.
    case emailChangeBreaksLink = "email-change-breaks-link"
    /// A record that was given to another person is synced like any other.
    case recycledRecordSyncs = "recycled-record-syncs"
    /// What a person said about a record's identity holds for whatever comes later.
    case identityDecidedForEver = "identity-decided-for-ever"
    /// A record that was told apart from another leaves it the id by which the CRM knows it.
    case separatedKeepsKey = "separated-keeps-key"
    /// Two records of ours with one key become two in the CRM.
    case twinsInOneBatch = "twins-in-one-batch"
    /// Only by their first key are two records of one batch known for one.
    case twinsByFirstKeyOnly = "twins-by-first-key-only"
    /// A remote record that carries our id is linked, also when our record has its link.
    case copiedKeyLinks = "copied-key-links"
    /// A question about who is who is never asked again, whatever its candidates become.
    case questionNeverAskedAgain = "question-never-asked-again"

    // MARK: First contact, conflicts and lattices (R5, R9, R18)

    /// Two different values meet for the first time, and the CRM's wins although nobody said so.
    case skipInitial = "skip-initial"
    /// A first plan in which fields differ without an `initial` is carried out.
    case planWithoutInitialRuns = "plan-without-initial-runs"
    /// On first contact a blank of ours counts as a clear.
    case blankErasesOnFirstContact = "blank-erases-on-first-contact"
    /// A changed mapping keeps the shadows of the fields that it changed.
    case reshapeKeepsShadows = "reshape-keeps-shadows"
    /// The value that lost a conflict is written nowhere.
    case conflictLoserNotKept = "conflict-loser-not-kept"
    /// A settled conflict leaves no local change, so that the CRM never gets the value that won.
    case forgetLosersPendingChange = "forget-losers-pending-change"
    /// A conflict that waits holds up the record's other fields.
    case oneConflictBlocksRecord = "one-conflict-blocks-record"
    /// A person's decision is applied to values that the person never saw.
    case staleDecisionApplied = "stale-decision-applied"
    /// Whatever a field says a clear does, it is passed on.
    case clearAlwaysPropagates = "clear-always-propagates"
    /// Merging two sets only adds.
    case mergeForgetsRemovals = "merge-forgets-removals"
    /// A stage may go backward without a person.
    case backwardStagePasses = "backward-stage-passes"
    /// A consent is granted on the strength of an opt-in from before the refusal.
    case evidenceOfAnyAge = "evidence-of-any-age"
    /// A person takes a stage back, and no other CRM hears that it was meant.
    case epochNotOpened = "epoch-not-opened"
    /// A stage is taken back by a plain write, which a CRM that only climbs refuses.
    case stepBackInOneCall = "step-back-in-one-call"
    /// The blank between a clear and a set counts as somebody's edit.
    case blankBetweenIsObserved = "blank-between-is-observed"
    /// What a rule decided is decided anew by a later run that knows less.
    case owedIsForgotten = "owed-is-forgotten"
    /// What was observed before our own write comes back over it.
    case ownWriteComesBack = "own-write-comes-back"
    /// A consent waits for the record's other fields.
    case consentWaitsForOthers = "consent-waits-for-others"
    /// Two automations undo each other for ever.
    case fightGoesOn = "fight-goes-on"
    /// A record that left its filter goes on being synced.
    case excludedGoesOn = "excluded-goes-on"
    /// The CRM's word for "nothing" is a value like others.
    case placeholderIsAValue = "placeholder-is-a-value"
    /// The user under whose name we write becomes the owner of what we make.
    case ownUserIsOwner = "own-user-is-owner"
    /// A condition of a field is not looked at.
    case whenIsIgnored = "when-is-ignored"
    /// A one-way field is written again over an edit that was to be left.
    case driftIsRestored = "drift-is-restored"
    /// A field that is to be filled only is overwritten.
    case fillOverwrites = "fill-overwrites"
    /// A one-way field is written against its direction.
    case oneWayGoesBothWays = "one-way-goes-both-ways"

    // MARK: The account, approval and breakers (R10, R11)

    /// Nobody checks whose token it is.
    case wrongAccount = "wrong-account"
    /// A record that cannot be read by id is deleted on our side.
    case missingIsDeleted = "missing-is-deleted"
    /// The first sync writes without an approved plan.
    case noFirstApproval = "no-first-approval"
    /// An approval is of whatever the plan has come to be (R11).
    case approvalIsOfAnyPlan = "approval-is-of-any-plan"
    /// No number of changes stops a run.
    case breakersNeverTrip = "breakers-never-trip"
    /// Breakers count the run only, not the day.
    case breakersForgetTheDay = "breakers-forget-the-day"
    /// What a killed run changed is not counted by the breakers.
    case breakersForgetTheKilled = "breakers-forget-the-killed"
    /// A careful run carries out also what its gate does not admit.
    case carefulRunWritesAll = "careful-run-writes-all"
    /// A careful run counts as the first sync, so that the rest is never shown as a plan.
    case carefulRunIsFirstSync = "careful-run-is-first-sync"
    /// A careful run moves the position in the journal past what it left for later.
    case carefulRunMovesCursor = "careful-run-moves-cursor"
    /// Changes of a first sync or a backfill start workflows.
    case importStartsWorkflow = "import-starts-workflow"

    /// A company that lost a contact to another one goes on counting it.
    case rollUpForgetsOldParent = "roll-up-forgets-old-parent"

    // MARK: Lists and activities

    /// Whom somebody in the CRM took off a list is put on it again, although the segment did not move.
    case listFightsPeople = "list-fights-people"
    /// Whom somebody in the CRM put on a list is taken off it, although the segment did not move.
    case listRemovesStrangers = "list-removes-strangers"
    /// A list that cannot be written stops the whole run.
    case listStopsRun = "list-stops-run"
    /// A move on or off a list leaves no row in the journal.
    case listMoveUntold = "list-move-untold"
    /// A list that is new in the mapping of a running connection, or follows another segment, is written without approval.
    case newListUnshown = "new-list-unshown"
    /// An activity whose answer never came is written again without a look at what is there.
    case activityWrittenTwice = "activity-written-twice"
    /// Events from before an activity was switched on are written too.
    case activityFromBefore = "activity-from-before"
    /// What was written about a person in a CRM stays there when the person is erased.
    case activityOutlivesPerson = "activity-outlives-person"
    /// A careful run writes activities that nobody admitted.
    case carefulRunWritesActivities = "careful-run-writes-activities"
    /// An erasure counts as confirmed while what was written about the person is still in the CRM.
    case erasureConfirmedEarly = "erasure-confirmed-early"

    // MARK: Refusals (R12, R13, R14, R15)

    /// What the CRM fills in for a new record counts as an edit.
    case defaultsAreEdits = "defaults-are-edits"
    /// Blanks are sent for a new record, over what the CRM would fill in.
    case blanksAreSentOnCreate = "blanks-are-sent-on-create"
    /// A refusal that names a field sets the whole record aside.
    case oneFieldBlocksAll = "one-field-blocks-all"
    /// A refused field is not held, and so refused again.
    case refusedFieldNotHeld = "refused-field-not-held"
    /// Fields that wait are planned all the same.
    case holdsAreIgnored = "holds-are-ignored"
    /// A field that waits goes on waiting when a side changes.
    case holdsLastForEver = "holds-last-for-ever"
    /// A record that the CRM refused is sent again with every run.
    case refusedRecordSentAgain = "refused-record-sent-again"
    /// One record that cannot be read stops its page.
    case poisonRecordBlocksPage = "poison-record-blocks-page"
    /// A value without a counterpart is written as a blank.
    case unmappedIsBlank = "unmapped-is-blank"
    /// The members of a group are decided one by one.
    case splitGroup = "split-group"
    /// A group is blank as soon as one of its members is.
    case groupIsBlankByOne = "group-is-blank-by-one"
    /// A field that was refused for a new record leaves its group behind.
    case refusedFieldLeavesGroup = "refused-field-leaves-group"
    /// A reference to a record that is not linked yet is written as a blank.
    case unlinkedIsBlank = "unlinked-is-blank"

    // MARK: Associations (R16)

    /// Associated records that we have no link for are removed.
    case removeAssociationWithoutLink = "remove-association-without-link"

    // MARK: The journal, and answers of an API

    /// The journal keeps new values only.
    case journalForgetsOld = "journal-forgets-old"
    /// Results are tied to inputs by their place in the answer.
    case answersByPosition = "answers-by-position"
    /// An input that the answer does not mention counts as written.
    case silenceIsSuccess = "silence-is-success"
    /// An answer about another record counts as one about ours.
    case anotherIDIsOurs = "another-id-is-ours"
    /// A request whose answer was lost is sent again by the client.
    case lostAnswerIsRetried = "lost-answer-is-retried"
    /// What changed is asked for from the end of the last pass, without the overlap that a lagging index needs.
    case noOverlap = "no-overlap"
}
