/// The words that made-up people and companies are put together from.
enum PopulationWords {
    /// First names with their plain form for addresses.
    static let firstNames: [(String, String)] = [
        ("Amélie", "amelie"), ("Zoé", "zoe"), ("François", "francois"), ("Jérôme", "jerome"), ("Hélène", "helene"),
        ("Chloé", "chloe"), ("Noël", "noel"), ("Loïc", "loic"), ("Inès", "ines"), ("Théo", "theo"),
        ("Jean-Pierre", "jean-pierre"), ("Marie-Ève", "marie-eve"), ("Benoît", "benoit"), ("Camille", "camille"),
        ("Lucas", "lucas"), ("Emma", "emma"), ("Hugo", "hugo"), ("Manon", "manon"), ("Nathan", "nathan"),
        ("Sarah", "sarah"), ("Antoine", "antoine"), ("Julie", "julie"), ("Nicolas", "nicolas"), ("Laura", "laura"),
        ("Mehdi", "mehdi"), ("Fatima", "fatima"), ("Karim", "karim"), ("Leïla", "leila"), ("Søren", "soren"),
        ("Jürgen", "juergen"), ("Łukasz", "lukasz"), ("Zdeněk", "zdenek"), ("José", "jose"), ("María", "maria"),
        ("João", "joao"), ("Siân", "sian"), ("Aoife", "aoife"), ("Oliver", "oliver"), ("Grace", "grace"),
        ("Ada", "ada"), ("Michał", "michal"), ("Björn", "bjoern"), ("Åsa", "asa"), ("Dmitri", "dmitri"),
        ("Yuki", "yuki"), ("Wei", "wei"), ("Ngọc", "ngoc"), ("Aïcha", "aicha"),
    ]

    /// Last names with their plain form for addresses.
    static let lastNames: [(String, String)] = [
        ("Lefèvre", "lefevre"), ("Béranger", "beranger"), ("D'Artagnan", "dartagnan"), ("de La Tour", "delatour"),
        ("Müller", "mueller"), ("Dupont", "dupont"), ("Durand", "durand"), ("Moreau", "moreau"), ("Simon", "simon"),
        ("Laurent", "laurent"), ("Michel", "michel"), ("Garcia", "garcia"), ("Fernández", "fernandez"),
        ("Rousseau", "rousseau"), ("Fournier", "fournier"), ("Gauthier", "gauthier"), ("Chevalier", "chevalier"),
        ("O'Brien", "obrien"), ("Nguyễn", "nguyen"), ("Kowalski", "kowalski"), ("Østergaard", "ostergaard"),
        ("Čapek", "capek"), ("Szymański", "szymanski"), ("Haddad", "haddad"), ("Benali", "benali"),
        ("Schäfer", "schaefer"), ("Weiß", "weiss"), ("Rossi", "rossi"), ("Bianchi", "bianchi"), ("Silva", "silva"),
        ("Gonçalves", "goncalves"), ("Van den Berg", "vandenberg"), ("Jansen", "jansen"), ("Smith", "smith"),
        ("Johnson", "johnson"), ("Tanaka", "tanaka"), ("Petit", "petit"), ("Roux", "roux"), ("Faure", "faure"),
        ("Mercier", "mercier"), ("Bonnet", "bonnet"), ("Lambert", "lambert"), ("Girard", "girard"),
    ]

    static let jobTitles = [
        "Directrice marketing", "Responsable des achats", "CEO", "CTO", "Chef de projet", "Head of Sales",
        "Acheteur senior", "DAF", "Ingénieure d'études", "Office Manager", "Responsable R&D", "Consultant",
        "Assistant(e) de direction", "VP Operations", "Data Analyst", "Gérant",
    ]

    /// Cities with the start of their postal codes and their country.
    static let cities: [(name: String, code: String, country: String)] = [
        ("Paris", "75", "France"), ("Lyon", "69", "France"), ("Marseille", "13", "France"),
        ("Saint-Étienne", "42", "France"), ("Orléans", "45", "France"), ("Nîmes", "30", "France"),
        ("Besançon", "25", "France"), ("Lille", "59", "France"), ("Nantes", "44", "France"),
        ("Bruxelles", "10", "Belgique"), ("Genève", "12", "Suisse"), ("München", "80", "Germany"),
        ("Köln", "50", "Germany"), ("London", "EC", "United Kingdom"), ("Madrid", "28", "Spain"),
        ("Łódź", "90", "Poland"), ("Québec", "G1", "Canada"), ("São Paulo", "01", "Brazil"),
    ]

    static let streets = [
        "rue de la République", "avenue des Champs-Élysées", "place Bellecour", "bd. Voltaire", "Hauptstraße",
        "High Street", "rue de l'Église", "chemin des Mûriers", "quai Saint-Antoine", "Calle Mayor",
    ]

    static let companyNames = [
        "Boulangerie Léon", "Ateliers Brunel", "Nordwind Logistik", "Sève & Fils", "Clair Obscur", "Maison Ravel",
        "Trois Rivières", "Pixel Forge", "Verrerie d'Aubagne", "Kestrel Analytics", "Alpage Bio", "Grand Large",
        "Ferronnerie Öst", "Datalune", "Océane Transports", "Brasserie du Port", "Hexa Conseil", "Lumière & Co",
        "Quai 21", "Société Générale des Bois", "Tisserands Réunis", "Vega Robotics", "Zéphyr Énergie", "Mistral Santé",
    ]

    static let companyForms = ["", "", "", " SA", " SAS", " SARL", " GmbH", " Ltd", " S.p.A."]

    static let dealNames = [
        "Licence annuelle", "Renouvellement", "Projet pilote", "Déploiement", "Audit", "Formation", "Support 24/7",
        "Extension", "Étude préalable", "Contrat-cadre",
    ]

    static let freeMail = ["gmail.com", "orange.fr", "free.fr", "outlook.com", "gmx.de", "proton.me"]

    static let roleNames = ["info", "contact", "accueil", "sales", "office", "compta"]

    /// Where leads of the marketing side come from.
    static let sources = ["webinar", "white paper", "trade fair", "newsletter", "referral", "contact form"]

    /// Names that were typed by somebody in a hurry, or by somebody with a sense of humour.
    static let strangeNames = [
        "Robert'); DROP TABLE contacts;--", "<b>Bold</b>", "Ann \"Annie\"", "test test", "🙂 Léa", "null",
        "Jean\u{200B}ne", "Rene\u{0301}", "{{first_name}}", "=1+1",
    ]
}
