/// A sequence of stages that deals pass through.
struct Pipeline {
    /// One stage of a pipeline.
    struct Stage {
        var id: String
        var label: String
        /// The chance that the deal is won, as the API writes it: `0.2`, `1.0`.
        var probability: String
        var isClosed: Bool

        var isWon: Bool { self.isClosed && self.probability == "1.0" }
    }

    var id: String
    var label: String
    var stages: [Stage]

    /// The product's sales pipeline, with the stage names a new account has.
    static let sales = Pipeline(
        id: "default",
        label: "Sales Pipeline",
        stages: [
            Stage(id: "appointmentscheduled", label: "Appointment Scheduled", probability: "0.2", isClosed: false),
            Stage(id: "qualifiedtobuy", label: "Qualified To Buy", probability: "0.4", isClosed: false),
            Stage(id: "presentationscheduled", label: "Presentation Scheduled", probability: "0.6", isClosed: false),
            Stage(id: "decisionmakerboughtin", label: "Decision Maker Bought-In", probability: "0.8", isClosed: false),
            Stage(id: "contractsent", label: "Contract Sent", probability: "0.9", isClosed: false),
            Stage(id: "closedwon", label: "Closed Won", probability: "1.0", isClosed: true),
            Stage(id: "closedlost", label: "Closed Lost", probability: "0.0", isClosed: true),
        ]
    )

    /// A second pipeline, so that a stage id alone does not say enough.
    static let renewals = Pipeline(
        id: "74925531",
        label: "Renewals",
        stages: [
            Stage(id: "145206351", label: "To renew", probability: "0.5", isClosed: false),
            Stage(id: "145206352", label: "Renewed", probability: "1.0", isClosed: true),
            Stage(id: "145206353", label: "Not renewed", probability: "0.0", isClosed: true),
        ]
    )
}
