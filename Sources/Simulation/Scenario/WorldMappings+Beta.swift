extension WorldMappings {
    /// The second account's mappings: other properties, and some fields that go one way only.
    static let beta = [
        """
        mapping: beta/company
        connection: beta
        object: { local: company, remote: companies }
        match: [ [domain] ]
        duplicates: review
        create: { pull: true, push: true }
        delete: { pull: ignore, push: ignore }
        initial: prefer_local
        on_conflict: manual
        fields:
          - { local: mark, remote: founded_year, via: [trim] }
          - { local: domain, remote: domain, via: [trim, lowercase] }
          - { local: name, remote: name, via: [whitespace] }
          - { local: description, remote: address2, via: [trim] }
          - { local: employees, remote: numberofemployees, via: [{ scale: 0 }] }
          - { local: city, remote: city, via: [trim] }
        """,
        """
        mapping: beta/contact
        connection: beta
        object: { local: contact, remote: contacts }
        match: [ [email] ]
        duplicates: review
        create: { pull: true, push: true }
        delete: { pull: ignore, push: ignore }
        initial: prefer_local
        on_conflict: manual
        fields:
          - { local: mark, remote: message, via: [trim] }
          - { local: email, remote: email, via: [trim, lowercase] }
          - { local: first_name, remote: firstname, via: [trim] }
          - { local: last_name, remote: lastname, via: [trim] }
          - { local: job_title, remote: industry, via: [trim] }
          - { local: phone, remote: mobilephone, via: [trim, { e164: FR }] }
          - { local: city, remote: city, via: [trim] }
          - { local: interests, remote: salutation, via: [{ set: ";" }], on_conflict: merge }
          - { local: score, remote: numemployees, via: [{ scale: 0 }] }
          - local: lifecycle_stage
            remote: lifecyclestage
            via:
              - enum:
                  subscriber: subscriber
                  lead: lead
                  mql: marketingqualifiedlead
                  sql: salesqualifiedlead
                  opportunity: opportunity
                  customer: customer
                  evangelist: evangelist
            on_conflict: furthest
            backward: review
          - { local: website, remote: website, direction: push }
          - { local: region, remote: state, direction: pull }
        associations:
          - { local: company, remote: companies, label: primary, on_conflict: prefer_local }
        """,
    ]
}
