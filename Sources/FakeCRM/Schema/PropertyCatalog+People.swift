/// The standard properties of the record types, from the product's default property lists.
enum PropertyCatalog {
    /// The group a type's standard properties belong to.
    static func group(of type: ObjectType) -> String {
        switch type {
        case .contacts: "contactinformation"
        case .companies: "companyinformation"
        case .deals: "dealinformation"
        case .tasks: "task"
        case .notes: "note"
        }
    }

    /// The standard properties of a type.
    static func standard(_ type: ObjectType) -> [PropertyDefinition] {
        switch type {
        case .contacts: self.contacts
        case .companies: self.companies
        case .deals: self.deals
        case .tasks: self.tasks
        case .notes: self.notes
        }
    }

    /// The lifecycle stages in their order.
    static let lifecycleStages = [
        ("subscriber", "Subscriber"), ("lead", "Lead"), ("marketingqualifiedlead", "Marketing Qualified Lead"),
        ("salesqualifiedlead", "Sales Qualified Lead"), ("opportunity", "Opportunity"), ("customer", "Customer"),
        ("evangelist", "Evangelist"), ("other", "Other"),
    ]

    private static var contacts: [PropertyDefinition] {
        let group = Self.group(of: .contacts)
        return [
            .recordID(group), .created("createdate", group), .modified("lastmodifieddate", group),
            .text("email", "Email", group).unique,
            .text("firstname", "First Name", group), .text("lastname", "Last Name", group),
            .text("salutation", "Salutation", group), .text("jobtitle", "Job Title", group),
            .text("company", "Company Name", group), .text("website", "Website URL", group),
            .phone("phone", "Phone Number", group), .phone("mobilephone", "Mobile Phone Number", group),
            .phone("fax", "Fax Number", group),
            .text("address", "Street Address", group), .text("city", "City", group),
            .text("state", "State/Region", group), .text("zip", "Postal Code", group),
            .text("country", "Country/Region", group), .text("industry", "Industry", group),
            .text("hs_language", "Preferred language", group), .text("message", "Message", group, area: true),
            .number("numemployees", "Number of Employees", group), .number("annualrevenue", "Annual Revenue", group),
            .number("hubspotscore", "HubSpot Score", group).calculated,
            .date("date_of_birth", "Date of birth", group), .datetime("closedate", "Close Date", group),
            .choice("lifecyclestage", "Lifecycle Stage", group, Self.lifecycleStages),
            .choice("hs_lead_status", "Lead Status", group, Self.leadStatuses),
            .owner(group), .flag("hs_email_optout", "Unsubscribed from all email", group),
            .choice("hs_analytics_source", "Original Source", "analyticsinformation", Self.sources).readOnly,
            .datetime("hubspot_owner_assigneddate", "Owner assigned date", group).readOnly,
            .number("associatedcompanyid", "Primary Associated Company ID", group).readOnly,
            .number("num_associated_deals", "Number of Associated Deals", group).calculated,
            .text("hs_additional_emails", "Additional email addresses", group).readOnly,
            .text("hs_email_domain", "Email Domain", group).calculated,
            .text("hs_full_name_or_email", "Full name or email", group).calculated,
            .text("hs_merged_object_ids", "Merged record IDs", group).readOnly,
        ]
    }

    private static let leadStatuses = [
        ("NEW", "New"), ("OPEN", "Open"), ("IN_PROGRESS", "In Progress"), ("OPEN_DEAL", "Open Deal"),
        ("UNQUALIFIED", "Unqualified"), ("ATTEMPTED_TO_CONTACT", "Attempted to Contact"), ("CONNECTED", "Connected"),
        ("BAD_TIMING", "Bad Timing"),
    ]

    private static let sources = [
        ("ORGANIC_SEARCH", "Organic Search"), ("PAID_SEARCH", "Paid Search"), ("EMAIL_MARKETING", "Email Marketing"),
        ("SOCIAL_MEDIA", "Organic Social"), ("REFERRALS", "Referrals"), ("DIRECT_TRAFFIC", "Direct Traffic"),
        ("OFFLINE", "Offline Sources"),
    ]

    private static var companies: [PropertyDefinition] {
        let group = Self.group(of: .companies)
        return [
            .recordID(group), .created("createdate", group), .modified("hs_lastmodifieddate", group),
            .text("name", "Company name", group), .text("domain", "Company Domain Name", group),
            .text("website", "Website URL", group), .phone("phone", "Phone Number", group),
            .text("address", "Street Address", group), .text("address2", "Street Address 2", group),
            .text("city", "City", group), .text("state", "State/Region", group), .text("zip", "Postal Code", group),
            .text("country", "Country/Region", group),
            .text("description", "Description", group, area: true),
            .choice("industry", "Industry", group, Self.industries),
            .choice("type", "Type", group, Self.companyTypes),
            .number("numberofemployees", "Number of Employees", group),
            .number("annualrevenue", "Annual Revenue", group), .text("founded_year", "Year Founded", group),
            .choice("lifecyclestage", "Lifecycle Stage", group, Self.lifecycleStages),
            .choice("hs_lead_status", "Lead Status", group, Self.leadStatuses),
            .owner(group),
            .number("num_associated_contacts", "Number of Associated Contacts", group).calculated,
            .number("num_associated_deals", "Number of Associated Deals", group).calculated,
            .number("hs_parent_company_id", "Parent Company", group).readOnly,
            .text("hs_merged_object_ids", "Merged record IDs", group).readOnly,
        ]
    }

    private static let companyTypes = [
        ("PROSPECT", "Prospect"), ("PARTNER", "Partner"), ("RESELLER", "Reseller"), ("VENDOR", "Vendor"),
        ("OTHER", "Other"),
    ]

    private static let industries = [
        ("ACCOUNTING", "Accounting"), ("APPAREL_FASHION", "Apparel & Fashion"), ("AUTOMOTIVE", "Automotive"),
        ("BANKING", "Banking"), ("BIOTECHNOLOGY", "Biotechnology"), ("COMPUTER_SOFTWARE", "Computer Software"),
        ("CONSTRUCTION", "Construction"), ("EDUCATION_MANAGEMENT", "Education Management"),
        ("FOOD_BEVERAGES", "Food & Beverages"), ("HOSPITAL_HEALTH_CARE", "Hospital & Health Care"),
        ("INFORMATION_TECHNOLOGY_AND_SERVICES", "Information Technology and Services"), ("INSURANCE", "Insurance"),
        ("LOGISTICS_AND_SUPPLY_CHAIN", "Logistics and Supply Chain"), ("MACHINERY", "Machinery"),
        ("MANAGEMENT_CONSULTING", "Management Consulting"), ("RETAIL", "Retail"),
        ("TELECOMMUNICATIONS", "Telecommunications"), ("WINE_AND_SPIRITS", "Wine and Spirits"),
    ]
}
