/// What the values of a column are, beyond their type: an e-mail address, a country, a number that was loaded as text.
public struct Meaning: Sendable, Hashable, Codable {
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        // Types hidden in text.
        case integer, decimal, boolean, date, timestamp, time, json
        // Things with a format or a check digit.
        case uuid, email, url, ipv4, ipv6, mac, hostname
        case phone, iban, bic
        case cardNumber = "card_number"
        case isbn, ean
        case country, currency, language
        case usSocialSecurity = "us_ssn"
        case postalCode = "postal_code"
        case latitude, longitude
        case personName = "person_name"
        case hash

        /// True when values of that kind tell who somebody is.
        public var isPersonal: Bool {
            switch self {
            case .email, .phone, .iban, .cardNumber, .usSocialSecurity, .personName, .ipv4, .ipv6, .mac: true
            default: false
            }
        }

        /// The type that would hold the values better than text; nil where text is right.
        public var betterType: String? {
            switch self {
            case .integer: "BIGINT"
            case .decimal: "DOUBLE"
            case .boolean: "BOOLEAN"
            case .date: "DATE"
            case .timestamp: "TIMESTAMP"
            case .time: "TIME"
            case .json: "JSON"
            case .uuid: "UUID"
            default: nil
            }
        }

        public var words: String {
            switch self {
            case .integer: "whole numbers"
            case .decimal: "numbers"
            case .boolean: "truth values"
            case .date: "dates"
            case .timestamp: "timestamps"
            case .time: "times of day"
            case .json: "JSON"
            case .uuid: "UUIDs"
            case .email: "e-mail addresses"
            case .url: "URLs"
            case .ipv4, .ipv6: "IP addresses"
            case .mac: "MAC addresses"
            case .hostname: "host names"
            case .phone: "phone numbers"
            case .iban: "bank accounts (IBAN)"
            case .bic: "bank codes (BIC)"
            case .cardNumber: "payment card numbers"
            case .isbn: "ISBNs"
            case .ean: "EAN article numbers"
            case .country: "countries"
            case .currency: "currencies"
            case .language: "languages"
            case .usSocialSecurity: "US social security numbers"
            case .postalCode: "postal codes"
            case .latitude: "latitudes"
            case .longitude: "longitudes"
            case .personName: "names of persons"
            case .hash: "hash values"
            }
        }
    }

    public var kind: Kind
    /// Of the distinct values looked at, the share that is of that kind.
    public var share: Double
    /// 0 to 1, from the share, the strength of the test (a check digit says more than a shape) and the column's name.
    public var confidence: Double
    /// A value that is of the kind, masked where it tells of a person.
    public var example: String
    /// How dates are written, where that is not ISO 8601.
    public var format: String?

    public var isPersonal: Bool { kind.isPersonal }
}
