import Records

/// Countries by their ISO 3166-1 codes and their English and French names.
enum CountryTable {
    /// One country.
    struct Country: Sendable {
        let alpha2: Text
        let alpha3: Text
        let english: Text
        let french: Text
    }

    /// The country that a code or name in any case means, other usual spellings included; nil if there is none.
    static func country(_ text: Text) -> Country? {
        let key = TextBytes.lowercased(TextBytes.composed(TextBytes.collapsed(text)))
        return Self.index[key].map { Self.all[$0] }
    }

    /// The countries, in the order of their codes.
    static let all: [Country] = Self.rows.map { row in
        Country(alpha2: row[0], alpha3: row[1], english: row[2], french: row[3])
    }

    private static let index: [Text: Int] = {
        var index: [Text: Int] = [:]
        for (position, row) in Self.rows.enumerated() {
            for spelling in row { index[TextBytes.lowercased(spelling)] = position }
        }
        return index
    }()

    /// Alpha-2, alpha-3, English, French, and other spellings that are read but never written.
    private static let rows: [[Text]] = Self.source.split(separator: "\n").map { line in
        line.split(separator: "|").map { Text(String($0)) }
    }

    private static let source = """
        AE|ARE|United Arab Emirates|Émirats arabes unis|Emirats arabes unis|UAE
        AR|ARG|Argentina|Argentine
        AT|AUT|Austria|Autriche
        AU|AUS|Australia|Australie
        BE|BEL|Belgium|Belgique
        BG|BGR|Bulgaria|Bulgarie
        BR|BRA|Brazil|Brésil|Bresil
        CA|CAN|Canada|Le Canada
        CH|CHE|Switzerland|Suisse
        CI|CIV|Ivory Coast|Côte d’Ivoire|Côte d'Ivoire|Cote d'Ivoire
        CL|CHL|Chile|Chili
        CM|CMR|Cameroon|Cameroun
        CN|CHN|China|Chine|People's Republic of China
        CO|COL|Colombia|Colombie
        CY|CYP|Cyprus|Chypre
        CZ|CZE|Czechia|Tchéquie|Czech Republic|République tchèque
        DE|DEU|Germany|Allemagne
        DK|DNK|Denmark|Danemark
        DZ|DZA|Algeria|Algérie|Algerie
        EE|EST|Estonia|Estonie
        EG|EGY|Egypt|Égypte|Egypte
        ES|ESP|Spain|Espagne
        FI|FIN|Finland|Finlande
        FR|FRA|France|France
        GB|GBR|United Kingdom|Royaume-Uni|UK|Great Britain|Grande-Bretagne
        GR|GRC|Greece|Grèce|Grece
        HK|HKG|Hong Kong|Hong Kong
        HR|HRV|Croatia|Croatie
        HU|HUN|Hungary|Hongrie
        ID|IDN|Indonesia|Indonésie
        IE|IRL|Ireland|Irlande
        IL|ISR|Israel|Israël
        IN|IND|India|Inde
        IS|ISL|Iceland|Islande
        IT|ITA|Italy|Italie
        JP|JPN|Japan|Japon
        KE|KEN|Kenya|Kenya
        KR|KOR|South Korea|Corée du Sud|Republic of Korea
        LB|LBN|Lebanon|Liban
        LI|LIE|Liechtenstein|Liechtenstein
        LT|LTU|Lithuania|Lituanie
        LU|LUX|Luxembourg|Luxembourg
        LV|LVA|Latvia|Lettonie
        MA|MAR|Morocco|Maroc
        MC|MCO|Monaco|Monaco
        MG|MDG|Madagascar|Madagascar
        MT|MLT|Malta|Malte
        MU|MUS|Mauritius|Maurice|Île Maurice
        MX|MEX|Mexico|Mexique
        MY|MYS|Malaysia|Malaisie
        NG|NGA|Nigeria|Nigéria
        NL|NLD|Netherlands|Pays-Bas|The Netherlands|Holland
        NO|NOR|Norway|Norvège|Norvege
        NZ|NZL|New Zealand|Nouvelle-Zélande
        PE|PER|Peru|Pérou
        PH|PHL|Philippines|Philippines
        PL|POL|Poland|Pologne
        PT|PRT|Portugal|Portugal
        QA|QAT|Qatar|Qatar
        RO|ROU|Romania|Roumanie
        RS|SRB|Serbia|Serbie
        SA|SAU|Saudi Arabia|Arabie saoudite
        SE|SWE|Sweden|Suède|Suede
        SG|SGP|Singapore|Singapour
        SI|SVN|Slovenia|Slovénie
        SK|SVK|Slovakia|Slovaquie
        SN|SEN|Senegal|Sénégal
        TH|THA|Thailand|Thaïlande
        TN|TUN|Tunisia|Tunisie
        TR|TUR|Turkey|Turquie|Türkiye
        TW|TWN|Taiwan|Taïwan
        UA|UKR|Ukraine|Ukraine
        US|USA|United States|États-Unis|Etats-Unis|United States of America|U.S.A.
        VN|VNM|Vietnam|Viêt Nam|Viet Nam
        ZA|ZAF|South Africa|Afrique du Sud
        """
}
