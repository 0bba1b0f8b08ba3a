extension Migration {
    /// Whether an operation whose effect is in doubt was answered at all: what the CRM took and did not change is not sent
    /// again.
    static let answeredOperations = Migration(
        name: "013-answered-operations",
        template: """
            ALTER TABLE operation ADD COLUMN answered_version #int;

            """
    )
}
