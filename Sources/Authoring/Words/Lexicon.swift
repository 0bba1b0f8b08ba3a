/// What the usual properties of contacts, companies, deals and tasks are called, in English and French.
struct Lexicon: Sendable {
    /// The lexicon of this build.
    static let standard = Lexicon(Self.people + Self.places + Self.companies + Self.deals + Self.tasks)

    /// The concepts.
    let concepts: [Concept]
    /// Every word of a phrase, for runs that are written together.
    let vocabulary: Set<String>

    /// The lexicon of a CRM whose persons have one name only: there a `nom` is no family name.
    static let oneName = Lexicon(
        Self.standard.concepts.map { concept in
            switch concept.name {
            case "last_name": Concept("last_name", [.person], "last name, surname, family name, nom famille")
            case "full_name":
                Concept("full_name", [.person], "full name, display name, nom complet, prenom nom, name 90, nom 90")
            default: concept
            }
        }
    )

    init(_ concepts: [Concept]) {
        self.concepts = concepts
        self.vocabulary = Set(concepts.flatMap { $0.phrases.flatMap(\.words) }).union(Self.furtherWords)
    }

    /// Words that stand beside the phrases in names that are written together.
    private static let furtherWords: Set<String> = [
        "date", "number", "num", "code", "name", "full", "of", "id", "last", "first", "create", "closed", "modified",
        "hubspot", "lost", "won", "reason", "size", "type", "created", "deal", "contact", "company", "task", "assigned",
        "department", "service", "address",
    ]

    private static let all: Set<Realm> = Set(Realm.allCases)
    private static let parties: Set<Realm> = [.person, .organisation, .other]

    private static let people: [Concept] = [
        Concept(
            "email",
            Self.all,
            "email, email address, adresse email, courriel, mail, adresse mail, adresse electronique, primary email"
        ),
        Concept("first_name", [.person], "first name, given name, forename, fname, prenom"),
        Concept("last_name", [.person], "last name, surname, family name, lname, nom famille, nom, nom usage 80"),
        Concept(
            "full_name",
            [.person],
            "full name, display name, nom complet, prenom nom, complete name, name 90"
        ),
        Concept(
            "job_title",
            [.person],
            """
            job title, poste, intitule poste, poste occupe, fonction, function, job, title 80, position 80, titre 70, \
            role 60
            """
        ),
        Concept(
            "birthday",
            [.person],
            "birthday, date birth, birth date, birthdate, dob, date naissance, anniversaire, ne le, nee le"
        ),
        Concept("interests", [.person], "interest, centre interet, interet, topic 80, sujet interet, area interest"),
        Concept("language", Self.all, "language, preferred language, langue, langue preferee, lang, locale 70"),
        Concept(
            "newsletter",
            [.person],
            """
            newsletter, newsletter opt in, newsletter subscriber, newsletter subscription, want newsletter, infolettre, \
            lettre information, abonne lettre information, abonne newsletter, inscrit newsletter
            """
        ),
        Concept(
            "unsubscribed",
            [.person],
            """
            unsubscribed, unsubscribed all email, unsubscribed email, email opt out, opt out, optout, opted out, \
            opted out email, has opted out email, do not email, desabonne, desinscrit, desabonne tou email, \
            refuse email, opposition email, want no mail marketing
            """
        ),
        Concept(
            "last_engaged_at",
            [.person],
            """
            last engaged, last engagement, last engagement date, last interaction, derniere interaction, \
            date derniere interaction, dernier engagement
            """
        ),
        Concept(
            "lifecycle_stage",
            Self.parties,
            "lifecycle stage, life cycle stage, lifecycle, etape cycle vie, phase cycle vie, cycle vie, stade cycle vie"
        ),
        Concept(
            "lead_status",
            Self.parties,
            "lead status, statut prospect, statut lead, statut piste, prospect status"
        ),
        Concept("score", [.person], "score, lead score, engagement score, scoring, score prospect, point 70"),
        Concept("grade", [.person], "grade, note profil, profile grade, lead grade, rating 60, note 60"),
        Concept(
            "source",
            Self.parties,
            """
            source, lead source, original source, traffic source, original traffic source, analytics source, origine, \
            provenance, source initiale, source trafic initiale, source origine
            """
        ),
    ]

    private static let places: [Concept] = [
        Concept(
            "phone",
            Self.parties,
            """
            phone, phone number, telephone, telephone number, tel, telephone fixe, tel fixe, numero telephone, fixe, \
            standard telephonique, business phone, main phone, work phone 80, office phone 80
            """
        ),
        Concept(
            "mobile_phone",
            Self.parties,
            """
            mobile, mobile phone, mobile phone number, mobile number, cell, cell phone, cellphone, portable, \
            tel portable, tel mobile, telephone portable, telephone mobile, numero portable, numero mobile, gsm
            """
        ),
        Concept(
            "website",
            Self.parties,
            "website, website url, web site, site web, site internet, url site web, homepage, home page, web, url 70"
        ),
        Concept(
            "street",
            Self.parties,
            """
            street, street address, rue, adresse postale, adresse rue, address line, street line, voie, address 90, \
            adresse 90
            """
        ),
        Concept("city", Self.parties, "city, town, ville, localite, commune"),
        Concept(
            "postal_code",
            Self.parties,
            "postal code, zip, zip code, zip postal code, zipcode, postcode, post code, code postal, cp"
        ),
        Concept(
            "region",
            Self.parties,
            """
            region, state, state region, state province, province, county, departement, region departement, etat region, \
            province region, etat 60
            """
        ),
        Concept("country", Self.parties, "country, country region, pay, pay region, country name"),
        Concept(
            "owner",
            Self.all,
            """
            owner, owner id, proprietaire, responsable, commercial, commercial charge, commercial responsable, \
            salesperson, sale rep, sale representative, assigned, assignee, assigned user, charge affaire, \
            account manager, account owner, record owner, vendeur, employee 80, employe 80
            """
        ),
    ]

    private static let companies: [Concept] = [
        Concept(
            "name",
            [.organisation],
            "name, company name, nom, raison sociale, nom entreprise, nom societe, denomination, legal name 80"
        ),
        Concept("domain", [.organisation], "domain, domain name, nom domaine, domaine, email domain 80"),
        Concept(
            "industry",
            [.organisation, .other],
            "industry, sector, industry sector, secteur, secteur activite, industrie, branche 80, vertical 60"
        ),
        Concept(
            "employees",
            [.organisation],
            """
            employee, number employee, num employee, headcount, effectif, nombre employe, nombre salarie, employee count, \
            staff 70, company size 60, taille 60
            """
        ),
        Concept(
            "annual_revenue",
            [.organisation],
            "annual revenue, revenue, turnover, chiffre affaire, chiffre affaire annuel, ca annuel, ca, yearly revenue"
        ),
        Concept(
            "vat_number",
            [.organisation],
            """
            vat number, vat, vat id, tva, numero tva, n tva, tva intracommunautaire, n tva intracommunautaire, \
            numero tva intracommunautaire, tax id 80, tax number 80
            """
        ),
        Concept(
            "description",
            Self.all,
            """
            description, descriptif, comment 80, commentaire 80, note 70, remark 70, remarque 70, detail 60, about 60, \
            observation 60
            """
        ),
    ]

    private static let deals: [Concept] = [
        Concept(
            "name",
            [.deal, .other],
            "name, nom, title, titre, libelle, intitule, subject 70, sujet 70, objet 70, description 70"
        ),
        Concept("amount", [.deal], "amount, montant, montant ht, value 80, valeur 80, total 60, montant total 80"),
        Concept("currency", Self.all, "currency, currency code, devise, code devise, monnaie"),
        Concept("pipeline", [.deal], "pipeline, sale pipeline, pipeline vente, pipeline commercial, tunnel vente"),
        Concept(
            "stage",
            [.deal],
            """
            stage, sale stage, etape, etape vente, phase, phase vente, pipeline stage, state 80, etat 80, status 70, \
            statut 70
            """
        ),
        Concept(
            "close_date",
            [.deal],
            """
            close date, closing date, expected close date, date cloture, date cloture prevue, date fermeture, \
            date signature 70, end date 85, date fin 85, echeance 70
            """
        ),
        Concept("start_date", Self.all, "start date, date debut, begin date, date ouverture 80"),
    ]

    private static let tasks: [Concept] = [
        Concept("subject", [.task], "subject, title, name, objet, sujet, titre, libelle"),
        Concept("body", [.task], "body, note, corps, comment 80, description 70, content 70, contenu 70"),
        Concept("due_at", [.task], "due, due date, echeance, date echeance, deadline, timestamp 70"),
        Concept("status", [.task], "status, statut, state 80, etat 80"),
        Concept("priority", Self.all, "priority, priorite"),
    ]
}
