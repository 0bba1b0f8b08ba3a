/// What the simulated world's store keeps.
enum WorldSchema {
    static let yaml = """
        lifecycle:
          stages: [subscriber, lead, mql, sql, opportunity, customer, evangelist]
        objects:
          company:
            mark: { type: text }
            name: { type: text }
            domain: { type: text }
            description: { type: text }
            employees: { type: number }
            street: { type: text }
            city: { type: text }
            postal_code: { type: text }
            phone: { type: text }
          contact:
            mark: { type: text }
            email: { type: text }
            first_name: { type: text }
            last_name: { type: text }
            full_name: { type: text }
            job_title: { type: text }
            phone: { type: text }
            street: { type: text }
            city: { type: text }
            postal_code: { type: text }
            interests: { type: set }
            score: { type: number }
            birthday: { type: date }
            lifecycle_stage: { type: stage }
            owner: { type: owner }
            website: { type: text }
            region: { type: text }
            company: { type: reference, object: company }
          deal:
            mark: { type: text }
            name: { type: text }
            amount: { type: number }
            currency: { type: text }
            pipeline: { type: text }
            stage: { type: option, options: [appointment, qualified, presentation, decision, contract, won, lost] }
            close_date: { type: date }
            description: { type: text }
            company: { type: reference, object: company }
            contact: { type: reference, object: contact }

        """
}
