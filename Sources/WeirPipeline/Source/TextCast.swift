import WeirCore
import WeirEngine

/// How a text becomes a value of a column's type without becoming another value.
///
/// A cast of DuckDB is generous: to an INTEGER `1.5` is 2, `1_000` is 1000 and `0x1F` is 31; a DATE drops the time
/// behind it, a DECIMAL rounds, a TIMESTAMP drops its zone, and a DOUBLE too large is infinite. Here such a text is
/// a misfit. What only looks different is none: `1.0` and `1e3` are integers, `007` is 7.
struct TextCast: Sendable {
    /// In the engine's words.
    let type: String
    /// The `strptime` format of dates or times, where the source says one.
    var format: String?
    /// Where nobody said that binary fractions will do, an integer that one cannot hold is a misfit.
    var keepsDigits = false

    private enum Family {
        case text, integer
        case decimal(scale: Int)
        case floating, date, time, timestamp, zoned, other
    }

    private var family: Family {
        switch type {
        case "VARCHAR": .text
        case "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT",
            "UHUGEINT":
            .integer
        case "FLOAT", "DOUBLE": .floating
        case "DATE": .date
        case "TIME": .time
        case "TIMESTAMP": .timestamp
        case "TIMESTAMP WITH TIME ZONE": .zoned
        default:
            if type.hasPrefix("DECIMAL("), let scale = type.dropLast().split(separator: ",").last,
                let digits = Int(scale.trimmingPrefix(" "))
            {
                .decimal(scale: digits)
            } else {
                .other
            }
        }
    }

    /// False where every text is a value as it stands.
    var isNeeded: Bool { if case .text = family { false } else { true } }

    /// SQL for the value of a text (an SQL expression); NULL where the cast fails.
    func value(_ text: String) -> String {
        guard isNeeded else { return text }
        guard let format else { return "TRY_CAST(\(text) AS \(type))" }
        return "TRY_CAST(try_strptime(\(text), \(SQL.literal(format))) AS \(type))"
    }

    /// SQL that is true for NULL and for a text that is a value of the type, and false for a misfit; never NULL.
    func fits(_ text: String) -> String {
        let value = value(text)
        let isValue = "\(value) IS NOT NULL"
        func orForm(_ form: String, also: String = "") -> String {
            // Most texts are written as the engine writes the value, and a comparison costs less than a pattern.
            """
            CASE WHEN CAST(\(value) AS VARCHAR) = \(text) THEN true\(also) WHEN \(text) IS NULL THEN true \
            ELSE \(isValue) AND regexp_full_match(\(text), '\\s*\(form)\\s*') END
            """
        }
        // A format says itself what a text must look like.
        if format != nil { return "(\(text) IS NULL OR \(isValue))" }
        switch family {
        case .text: return "true"
        case .other: return "(\(text) IS NULL OR \(isValue))"
        case .integer: return orForm(Self.wholeNumber)
        case .decimal(let scale):
            return orForm("(\(Self.wholeNumber)|[+-]?[0-9]*\\.[0-9]{0,\(min(scale, 1000))}0*)")
        case .floating:
            let digits =
                keepsDigits
                ? " WHEN abs(\(value)) >= 9007199254740992 THEN contains(\(text), '.') OR contains(lower(\(text)), 'e')"
                : ""
            return """
                CASE WHEN \(text) IS NULL THEN true WHEN contains(\(text), '_') THEN false \
                WHEN isinf(\(value)) THEN regexp_full_match(\(text), '(?i)\\s*[+-]?inf(inity)?\\s*')\(digits) ELSE \(isValue) END
                """
        case .date: return orForm("(\(Self.day)([T ]+00?:00(:00(\\.0+)?)?)?Z?|-?infinity|epoch)")
        case .time: return orForm(Self.clock)
        case .timestamp:
            return orForm(
                "(\(Self.day)([T ]+\(Self.clock)( *(Z|UTC|[+-]00(:?00)?))?)?|-?infinity|epoch)",
                also: " WHEN CAST(\(value) AS VARCHAR) = rtrim(replace(\(text), 'T', ' '), 'Z') THEN true")
        case .zoned:
            return """
                CASE WHEN \(text) IS NULL THEN true WHEN \(value) IS NULL THEN false WHEN NOT contains(\(text), '.') THEN true \
                ELSE NOT regexp_matches(\(text), '\\.[0-9]{6}0*[1-9]') END
                """
        }
    }

    /// The form in which most texts of the type are written; a text that has it fits. Nil where a format says what a
    /// text must look like.
    var plainForm: PlainForm? { format == nil ? PlainForm(type: type) : nil }

    private static let wholeNumber = "[+-]?([0-9]+(\\.0*)?|\\.0+)([eE]\\+?[0-9]+)?"
    private static let day = "[0-9]+[-/ ][0-9]{1,2}[-/ ][0-9]{1,2}( \\(BC\\))?"
    private static let clock = "[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{0,6}0*)?)?"

    /// A type that may hold what a guessed type does not, from narrow to wide.
    var wider: [String] {
        switch type {
        case "BIGINT": ["HUGEINT", "DOUBLE"]
        case "DATE": ["TIMESTAMP"]
        case "TIMESTAMP": ["TIMESTAMP WITH TIME ZONE"]
        default: []
        }
    }
}
