import Mapping
import Records

/// The schema and the mapping of the measurements: 20 properties, two match keys.
enum BenchMapping {
    /// The objects of the store.
    static func schema() throws -> Schema { try SchemaFile.parse(Array(Self.schemaFile.utf8), file: "schema.yaml") }

    /// The mapping; `isOwn` is for servers that know nothing of HubSpot's own stage names.
    static func mapping(_ schema: Schema, isOwn: Bool) throws -> CompiledMapping {
        let variables = [
            "mql": isOwn ? "mql" : "marketingqualifiedlead", "sql": isOwn ? "sql" : "salesqualifiedlead",
            "score": isOwn ? "score" : "hubspotscore",
        ]
        let compiler = MappingCompiler(schema: schema, variables: variables)
        let file = MappingFile(path: "contact.yaml", bytes: Array(Self.mappingFile.utf8))
        guard let mapping = try compiler.compile([file]).get().first else { throw BenchError("no mapping") }
        return mapping
    }

    private static let schemaFile = """
        lifecycle:
          stages: [subscriber, lead, mql, sql, opportunity, customer, evangelist]
          side_stages: { other: -1 }
        objects:
          contact:
            created_at: { type: datetime, label: Created }
            modified_at: { type: datetime, label: Modified }
            hubspot_id: { type: text, label: HubSpot id }
            email: { type: text, label: E-mail address }
            first_name: { type: text, label: First name }
            last_name: { type: text, label: Last name }
            phone: { type: text, label: Phone }
            mobile_phone: { type: text, label: Mobile phone }
            company_name: { type: text, label: Company }
            job_title: { type: text, label: Job title }
            website: { type: text, label: Website }
            street: { type: text, label: Street }
            city: { type: text, label: City }
            region: { type: text, label: State or region }
            postal_code: { type: text, label: Postal code }
            country: { type: text, label: Country }
            lifecycle_stage: { type: stage, label: Lifecycle stage }
            lead_status: { type: text, label: Lead status }
            owner_id: { type: text, label: Owner }
            score: { type: number, label: Score }

        """

    private static let mappingFile = """
        mapping: hubspot/contact
        connection: bench
        object: { local: contact, remote: contacts }
        match: [ [email], [phone, first_name, last_name] ]
        duplicates: review
        create: { pull: true, push: true }
        delete: { pull: ignore, push: ignore }
        initial: prefer_remote
        fields:
          - { local: created_at, remote: createdate, direction: pull }
          - { local: modified_at, remote: lastmodifieddate, direction: pull }
          - { local: hubspot_id, remote: hs_object_id, direction: pull }
          - { local: email, remote: email, via: [trim, lowercase] }
          - { local: first_name, remote: firstname, via: [trim] }
          - { local: last_name, remote: lastname, via: [trim] }
          - { local: phone, remote: phone, via: [trim] }
          - { local: mobile_phone, remote: mobilephone, via: [trim] }
          - { local: company_name, remote: company, via: [trim] }
          - { local: job_title, remote: jobtitle, via: [trim] }
          - { local: website, remote: website, via: [trim, lowercase] }
          - { local: street, remote: address, via: [trim] }
          - { local: city, remote: city, via: [trim] }
          - { local: region, remote: state, via: [trim] }
          - { local: postal_code, remote: zip, via: [trim] }
          - { local: country, remote: country, via: [trim] }
          - local: lifecycle_stage
            remote: lifecyclestage
            via:
              - enum:
                  subscriber: subscriber
                  lead: lead
                  mql: "${mql}"
                  sql: "${sql}"
                  opportunity: opportunity
                  customer: customer
                  evangelist: evangelist
                  other: other
          - local: lead_status
            remote: hs_lead_status
            via:
              - enum:
                  new: NEW
                  open: OPEN
                  in_progress: IN_PROGRESS
                  open_deal: OPEN_DEAL
                  unqualified: UNQUALIFIED
                  attempted: ATTEMPTED_TO_CONTACT
                  connected: CONNECTED
                  bad_timing: BAD_TIMING
          - { local: owner_id, remote: hubspot_owner_id, via: [trim] }
          - { local: score, remote: "${score}", direction: pull }

        """
}
