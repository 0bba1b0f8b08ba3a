extension WorldMappings {
    /// The first account's mappings, in the order in which they run.
    static let alpha = [
        """
        mapping: alpha/company
        connection: alpha
        object: { local: company, remote: companies }
        match: [ [domain] ]
        duplicates: review
        create: { pull: true, push: true }
        delete: { pull: ignore, push: ignore }
        initial: prefer_remote
        on_conflict: manual
        fields:
          - { local: mark, remote: founded_year, via: [trim] }
          - { local: domain, remote: domain, via: [trim, lowercase] }
          - { local: name, remote: name, via: [whitespace] }
          - { local: description, remote: description }
          - { local: employees, remote: numberofemployees, via: [{ scale: 0 }] }
          - { local: street, remote: address, via: [trim] }
          - { local: city, remote: city, via: [trim] }
          - { local: postal_code, remote: zip, via: [trim] }
          - { local: phone, remote: phone, via: [trim, { e164: FR }] }
        groups:
          - { fields: [street, city, postal_code], on_conflict: newest }
        """,
        """
        mapping: alpha/contact
        connection: alpha
        object: { local: contact, remote: contacts }
        match: [ [email], [phone, first_name, last_name] ]
        duplicates: review
        create: { pull: true, push: true }
        delete: { pull: ignore, push: ignore }
        initial: prefer_remote
        on_conflict: manual
        fields:
          - { local: mark, remote: message, via: [trim] }
          - { local: email, remote: email, via: [trim, lowercase] }
          - { local: first_name, remote: firstname, via: [trim] }
          - { local: last_name, remote: lastname, via: [trim] }
          - { local: full_name, value: "(remote.?firstname.orValue('') + ' ' + remote.?lastname.orValue('')).trim()" }
          - { local: job_title, remote: jobtitle, via: [trim] }
          - { local: phone, remote: phone, via: [trim, { e164: FR }] }
          - { local: street, remote: address, via: [trim] }
          - { local: city, remote: city, via: [trim] }
          - { local: postal_code, remote: zip, via: [trim] }
          - { local: interests, remote: hs_language, via: [{ set: ";" }], on_conflict: merge }
          - { local: score, remote: annualrevenue }
          - { local: birthday, remote: date_of_birth }
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
          - { local: owner, remote: hubspot_owner_id, via: [owner_by_email], on_conflict: prefer_remote, on_create_default: ignore }
        groups:
          - { fields: [street, city, postal_code], on_conflict: newest }
        associations:
          - { local: company, remote: companies, label: primary, on_conflict: prefer_remote }
        """,
        """
        mapping: alpha/deal
        connection: alpha
        object: { local: deal, remote: deals }
        match: []
        create: { pull: true, push: true }
        delete: { pull: ignore, push: ignore }
        initial: prefer_remote
        on_conflict: manual
        fields:
          - { local: mark, remote: hs_next_step, via: [trim] }
          - { local: name, remote: dealname, via: [whitespace] }
          - { local: amount, remote: amount }
          - { local: currency, remote: deal_currency_code, via: [trim, uppercase] }
          - { local: pipeline, remote: pipeline, on_conflict: prefer_remote }
          - local: stage
            remote: dealstage
            via:
              - enum:
                  appointment: appointmentscheduled
                  qualified: qualifiedtobuy
                  presentation: presentationscheduled
                  decision: decisionmakerboughtin
                  contract: contractsent
                  won: closedwon
                  lost: closedlost
            on_conflict: newest
          - { local: close_date, remote: closedate, via: [{ date: { zone: UTC } }] }
          - { local: description, remote: description }
        groups:
          - { fields: [amount, currency], on_conflict: manual }
        associations:
          - { local: company, remote: companies, label: primary, on_conflict: prefer_remote }
          - { local: contact, remote: contacts, on_conflict: prefer_remote }
        """,
    ]
}
