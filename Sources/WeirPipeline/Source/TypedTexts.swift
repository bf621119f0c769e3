import WeirConnect
import WeirCore
import WeirEngine

/// Turns the texts of delimited files into values of the columns' types, and marks the rows whose texts do not fit.
///
/// The reader gives texts only: what it would make of them itself can no longer be told from what was written.
struct TypedTexts {
    /// `STRUCT(name VARCHAR, value VARCHAR)[]` of a row's misfits, NULL where all is well.
    static let misfitColumn = "__weir_misfits"

    let columns: [Column]
    private let casts: [TextCast]

    /// - Parameter undeclared: keys of columns whose type is a guess.
    init(_ columns: [Column], undeclared: Set<String>, options: FileOptions) {
        self.columns = columns
        casts = columns.map { column in
            var cast = TextCast(type: column.type)
            cast.keepsDigits = undeclared.contains(column.name.lowercased())
            switch column.type {
            case "DATE": cast.format = options.dateFormat
            case "TIMESTAMP", "TIMESTAMP WITH TIME ZONE": cast.format = options.timestampFormat
            default: break
            }
            return cast
        }
    }

    /// The SELECT list: every column, then ``misfitColumn`` where a text could be a misfit.
    ///
    /// - Parameters:
    ///   - header: the columns that come as texts.
    ///   - typed: types of the columns that come with one of their own, by key; their values were checked before.
    func select(header: [String], typed: [String: String]) -> [String] {
        let texts = Set(header.map { $0.lowercased() })
        var list: [String] = []
        var fits: [String] = []
        var misfits: [String] = []
        var plain: [(expression: String, form: PlainForm)] = []
        for (column, cast) in zip(columns, casts) {
            let name = SQL.quote(column.name)
            let key = column.name.lowercased()
            if texts.contains(key), cast.isNeeded {
                list.append("\(cast.value(name)) AS \(name)")
                let fit = cast.fits(name)
                if let form = cast.plainForm { plain.append((name, form)) } else { fits.append("(\(fit))") }
                misfits.append("CASE WHEN NOT (\(fit)) THEN {name: \(SQL.literal(column.name)), value: \(name)} END")
            } else if texts.contains(key) {
                list.append(name)
            } else if let given = typed[key] {
                list.append(given == column.type ? name : "CAST(\(name) AS \(column.type)) AS \(name)")
            } else {
                list.append("CAST(NULL AS \(column.type)) AS \(name)")
            }
        }
        // Nearly all rows of nearly all files are written plainly, which is cheap to see.
        if !plain.isEmpty { fits.insert(PlainTexts.sql(plain), at: 0) }
        let type = "STRUCT(name VARCHAR, value VARCHAR)[]"
        list.append(
            misfits.isEmpty
                ? "CAST(NULL AS \(type)) AS \(Self.misfitColumn)"
                : """
                CASE WHEN \(fits.joined(separator: " AND ")) THEN NULL \
                ELSE CAST(nullif(list_filter([\(misfits.joined(separator: ", "))], lambda x: x IS NOT NULL), []) AS \(type)) END AS \(Self.misfitColumn)
                """)
        return list
    }
}
