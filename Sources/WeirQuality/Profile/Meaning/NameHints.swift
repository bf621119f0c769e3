/// Parts of column names that make a kind more likely, in the languages that the meanings are tested in.
enum NameHints {
    /// Short words have to be a whole word of the name; those of five letters, or of two Chinese signs, may be a part of it.
    static let words: [Meaning.Kind: [String]] = [
        .email: ["email", "e_mail", "mail", "correo", "courriel", "почта", "メール"],
        .url: ["url", "link", "website", "href"],
        .phone: [
            "phone", "mobile", "mobil", "tel", "fax", "handy", "cell", "telefon", "téléphone", "teléfono", "telefone",
            "móvil", "celular", "cellulare", "rufnummer", "телефон", "電話",
        ],
        .iban: ["iban", "account", "konto"],
        .bic: ["bic", "swift"],
        .cardNumber: ["card", "cc_", "pan", "kreditkarte"],
        .country: ["country", "land", "nation", "pays", "pais", "país", "nazione", "paese", "kraj", "страна", "国"],
        .currency: [
            "currency", "ccy", "curr", "waehrung", "währung", "devise", "moneda", "valuta", "waluta", "валюта",
        ],
        .language: ["lang", "locale", "sprache", "langue", "idioma", "lingua", "język", "язык"],
        .usSocialSecurity: ["ssn", "social"],
        .postalCode: [
            "zip", "postal", "postcode", "plz", "postleitzahl", "cp", "cap", "cep", "pocztowy", "индекс", "郵便番号",
        ],
        .latitude: ["lat", "latitude", "breite"],
        .longitude: ["lon", "lng", "longitude", "länge"],
        .personName: [
            "first_name", "last_name", "full_name", "firstname", "lastname", "surname", "given_name", "family_name",
            "person", "contact_name", "customer_name", "vorname", "nachname", "name_vollst", "prénom", "prenom",
            "nom_complet", "nom_de_famille", "nombre_completo", "nombre_pila", "apellido", "nome_completo",
            "nome_proprio",
            "cognome", "primeiro_nome", "sobrenome", "imię", "imie", "nazwisko", "氏名", "名", "姓", "имя", "фамилия",
            "фио",
        ],
        .isbn: ["isbn"], .ean: ["ean", "gtin", "barcode", "upc"], .hostname: ["host", "domain", "fqdn"],
        .ipv4: ["ip"], .ipv6: ["ip"], .mac: ["mac"], .hash: ["hash", "md5", "sha", "digest", "checksum"],
    ]

    /// `lat` is a hint as a word of the name, and not inside of `flat`.
    static func isHinted(_ kind: Meaning.Kind, by column: String) -> Bool {
        let parts = KeyName.ordered(column)
        let name = parts.joined(separator: "_")
        return words[kind]?.contains { hint in
            isLong(hint) ? name.contains(hint) : parts.contains(hint) || name == hint
        } ?? false
    }

    private static func isLong(_ hint: String) -> Bool {
        hint.count > 4 || hint.count > 1 && hint.unicodeScalars.allSatisfy { $0.value >= 0x2E80 }
    }
}
