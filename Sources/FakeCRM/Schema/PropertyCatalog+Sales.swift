/// The standard properties of deals and of what people do about them.
extension PropertyCatalog {
    static var deals: [PropertyDefinition] {
        let group = Self.group(of: .deals)
        var stage = PropertyDefinition.choice("dealstage", "Deal Stage", group, [])
        stage.hasExternalOptions = true
        var pipeline = PropertyDefinition.choice("pipeline", "Pipeline", group, [])
        pipeline.hasExternalOptions = true
        return [
            .recordID(group), .modified("hs_lastmodifieddate", group),
            .created("hs_createdate", group), .datetime("createdate", "Create Date", group),
            .text("dealname", "Deal Name", group), stage, pipeline,
            .number("amount", "Amount", group), .datetime("closedate", "Close Date", group),
            .choice(
                "dealtype",
                "Deal Type",
                group,
                [("newbusiness", "New Business"), ("existingbusiness", "Existing Business")]
            ),
            .choice("hs_priority", "Priority", group, [("low", "Low"), ("medium", "Medium"), ("high", "High")]),
            .choice(
                "deal_currency_code",
                "Currency",
                group,
                [("EUR", "Euro"), ("USD", "US Dollar"), ("GBP", "British Pound"), ("CHF", "Swiss Franc")]
            ),
            .text("description", "Deal Description", group, area: true),
            .text("hs_next_step", "Next step", group),
            .text("closed_lost_reason", "Closed Lost Reason", group, area: true),
            .text("closed_won_reason", "Closed Won Reason", group, area: true),
            .owner(group),
            .flag("hs_is_closed", "Is Deal Closed?", group).calculated,
            .flag("hs_is_closed_won", "Is Closed Won", group).calculated,
            .number("hs_deal_stage_probability", "Deal probability", group).calculated,
            .number("num_associated_contacts", "Number of Associated Contacts", group).calculated,
            .text("hs_merged_object_ids", "Merged record IDs", group).readOnly,
        ]
    }

    static var tasks: [PropertyDefinition] {
        let group = Self.group(of: .tasks)
        return [
            .recordID(group), .created("hs_createdate", group), .modified("hs_lastmodifieddate", group),
            .datetime("hs_timestamp", "Due date", group), .text("hs_task_subject", "Task Title", group),
            .text("hs_task_body", "Task Notes", group, area: true),
            .choice(
                "hs_task_status",
                "Task Status",
                group,
                [
                    ("NOT_STARTED", "Not started"), ("IN_PROGRESS", "In progress"), ("WAITING", "Waiting"),
                    ("COMPLETED", "Completed"), ("DEFERRED", "Deferred"),
                ]
            ),
            .choice(
                "hs_task_priority",
                "Priority",
                group,
                [("NONE", "None"), ("LOW", "Low"), ("MEDIUM", "Medium"), ("HIGH", "High")]
            ),
            .choice("hs_task_type", "Task Type", group, [("CALL", "Call"), ("EMAIL", "Email"), ("TODO", "To-do")]),
            .datetime("hs_task_completion_date", "Completed at", group).readOnly,
            .owner(group),
        ]
    }

    static var notes: [PropertyDefinition] {
        let group = Self.group(of: .notes)
        return [
            .recordID(group), .created("hs_createdate", group), .modified("hs_lastmodifieddate", group),
            .datetime("hs_timestamp", "Activity date", group),
            .text("hs_note_body", "Note body", group, area: true),
            .owner(group),
        ]
    }
}
