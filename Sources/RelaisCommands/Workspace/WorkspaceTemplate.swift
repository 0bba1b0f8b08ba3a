/// The files that `relais init` writes.
///
/// Those of `Config` and `Mappings` are the ones that this repository ships: `Templates` holds links to them, and the
/// build puts their bytes into the binary.
struct WorkspaceTemplate {
    /// One file.
    struct File {
        /// The path from the workspace.
        let path: String
        /// The content.
        let bytes: [UInt8]
    }

    /// The connector of the example connection.
    let connector: String

    /// The connectors for which there is an example connection.
    static let connectors = ["hubspot", "tryton"]

    /// All files, by path.
    var files: [File] {
        [File(path: "Config/relais.yaml", bytes: Array(self.configuration.utf8))] + Self.shipped
    }

    /// The files that are the same whatever the connection.
    static let shipped: [File] = [
        File(path: "Config/connectors/hubspot.yaml", bytes: PackageResources.Config__connectors__hubspot_yaml),
        File(path: "Config/connectors/tryton.yaml", bytes: PackageResources.Config__connectors__tryton_yaml),
        File(path: "Config/handoff.yaml", bytes: PackageResources.Config__handoff_yaml),
        File(path: "Config/schema.yaml", bytes: PackageResources.Config__schema_yaml),
        File(path: "Config/scoring.yaml", bytes: PackageResources.Config__scoring_yaml),
        File(path: "Config/segments.yaml", bytes: PackageResources.Config__segments_yaml),
        File(path: "Config/templates/demo-thanks.txt", bytes: PackageResources.Config__templates__demo_thanks_txt),
        File(path: "Config/templates/lead-for-you.txt", bytes: PackageResources.Config__templates__lead_for_you_txt),
        File(path: "Config/templates/lead-overdue.txt", bytes: PackageResources.Config__templates__lead_overdue_txt),
        File(path: "Config/templates/lead-reminder.txt", bytes: PackageResources.Config__templates__lead_reminder_txt),
        File(
            path: "Config/templates/lead-to-review.txt",
            bytes: PackageResources.Config__templates__lead_to_review_txt
        ),
        File(path: "Config/templates/resource-1.html", bytes: PackageResources.Config__templates__resource_1_html),
        File(path: "Config/templates/resource-1.txt", bytes: PackageResources.Config__templates__resource_1_txt),
        File(path: "Config/templates/resource-2.txt", bytes: PackageResources.Config__templates__resource_2_txt),
        File(path: "Config/templates/resource-3.txt", bytes: PackageResources.Config__templates__resource_3_txt),
        File(path: "Config/workflows/nurturing.yaml", bytes: PackageResources.Config__workflows__nurturing_yaml),
        File(
            path: "Config/workflows/ready-for-sales.yaml",
            bytes: PackageResources.Config__workflows__ready_for_sales_yaml
        ),
        File(path: "Mappings/hubspot/company.yaml", bytes: PackageResources.Mappings__hubspot__company_yaml),
        File(path: "Mappings/hubspot/contact.yaml", bytes: PackageResources.Mappings__hubspot__contact_yaml),
        File(path: "Mappings/hubspot/deal.yaml", bytes: PackageResources.Mappings__hubspot__deal_yaml),
        File(path: "Mappings/hubspot/task.yaml", bytes: PackageResources.Mappings__hubspot__task_yaml),
        File(path: "Mappings/tryton/company.yaml", bytes: PackageResources.Mappings__tryton__company_yaml),
        File(path: "Mappings/tryton/contact.yaml", bytes: PackageResources.Mappings__tryton__contact_yaml),
        File(path: "Mappings/tryton/deal.yaml", bytes: PackageResources.Mappings__tryton__deal_yaml),
    ]

    /// The variables of the environment from which the example connection takes its secrets.
    var secrets: [String] {
        self.connector == "tryton" ? ["TRYTON_LOGIN", "TRYTON_PASSWORD"] : ["HUBSPOT_TOKEN"]
    }

    private var configuration: String {
        """
        # What Relais connects to. Secrets stay out of this file: ${env:NAME} takes a value from the environment,
        # ${file:path} from a file of its own.

        # The store, from this folder.
        store: relais.sqlite

        connections:
        \(self.connector == "tryton" ? Self.tryton : Self.hubspot)
            # A run stops and asks when it would delete, blank or overwrite more than this many records of an object and
            # more than this share of them.
            breaker: { floor: 50, percent: 20 }
            # How often everything is read and compared, beside what changed; what was missed is reported.
            reconcile_every: 7d
            # `manifest` keeps to the product's limits; { daily: 50000 } leaves the rest of a day's requests to others.
            budget: manifest
            # What somebody typed in the CRM between our last look and our write: `detect` finds it afterwards where the product
            # keeps histories (one more request for each 50 changed records), `window` does not look.
            lost_updates: detect
            # The currency of amounts whose mapping gives them none.
            # currency: EUR

        # How mail leaves: alerts to sales and the mails of workflows.
        # mail:
        #   url: smtp://mail.example.com:587
        #   from: marketing@example.com
        #   user: marketing
        #   password: ${env:SMTP_PASSWORD}

        """
    }

    private static let hubspot = """
          hubspot:
            # The file in Config/connectors, and the folder in Mappings.
            connector: hubspot
            mappings: hubspot
            # The access token of a private app; Config/connectors/hubspot.yaml lists the scopes that it needs.
            credentials: { token: "${env:HUBSPOT_TOKEN}" }
        """

    private static let tryton = """
          tryton:
            # The file in Config/connectors, and the folder in Mappings.
            connector: tryton
            mappings: tryton
            # The server, with the name of its database.
            base_url: https://tryton.example.com/database
            credentials: { login: "${env:TRYTON_LOGIN}", password: "${env:TRYTON_PASSWORD}" }
        """
}
