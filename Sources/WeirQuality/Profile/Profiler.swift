import WeirCore
import WeirEngine

/// Looks at a table and tells what is in it.
///
/// Cheap facts of all columns come from one scan; costly ones are asked only of the columns where they say something.
/// Shapes, meanings and correlations come from a sample of ``SampleFacts/rows`` rows.
///
/// ```swift
/// let profile = try Profiler(target: "orders.parquet").profile("read_parquet('orders.parquet')", on: connection)
/// for finding in profile.findings { print(finding.message) }
/// ```
public struct Profiler: Sendable {
    public struct Options: Sendable {
        /// Only these columns; all when empty.
        public var columns: [String] = []
        /// SQL condition: only these rows.
        public var filter: String?
        /// Look at this many rows, chosen at random (the same ones each time).
        public var sample: Int?
        /// Seconds that the work may take: so many rows are looked at as fit in.
        public var budget: Double?
        /// Whether dependencies between columns, and keys of several columns, are looked for.
        public var dependencies = Dependencies.whenQuick
        /// How much is found out.
        public var depth = Depth.everything
        /// Told what is being done, for people who wait.
        public var progress: @Sendable (String) -> Void = { _ in }

        public init() {}
    }

    public enum Dependencies: Sendable, Hashable {
        case never
        /// In tables that can be searched within ``Profiler/quickSearch``; what is proved until then is told.
        case whenQuick
        case always
    }

    public enum Depth: Sendable, Hashable {
        case everything
        /// What a proposed contract rests on: bounds, nulls, few values, keys and formats.
        case contract
    }

    /// The longest that a search takes that nobody asked for.
    public static let quickSearch = Duration.seconds(1)
    /// Wider tables are not searched without being asked to.
    static let mostQuickColumns = 40

    let target: String
    let options: Options

    public init(target: String, options: Options = Options()) {
        self.target = target
        self.options = options
    }

    private static let working = "_weir_profile_rows"
    private static let sampled = "_weir_profile_sample"
    private static let trial = 50_000
    private static let columnsPerScan = 60

    /// - Parameters:
    ///   - relation: a table's quoted name, a table function, or a SELECT. Anything but a table is copied to
    ///     a temporary table first, because it is read several times.
    ///   - isTable: it can be read several times as it is.
    ///   - canCount: it tells its number of rows without being read, as tables and Parquet files do.
    /// - Throws: ``WeirError``, `profile.unknown-column` among them.
    public func profile(
        _ relation: String, isTable: Bool = false, canCount: Bool = false, on connection: isolated Connection
    ) throws
        -> DataProfile
    {
        let begun = ContinuousClock.now
        let all = try connection.columns(of: "SELECT * FROM \(Self.source(relation))")
        let columns = try chosen(all)
        var source = Self.source(relation)
        try checkFilter(source, on: connection)
        var sample: DataProfile.Sample?
        let isWhole = columns.count == all.count && options.filter == nil
        if !isTable || !isWhole || options.sample != nil || options.budget != nil {
            options.progress("reading the rows")
            let filter = options.filter.map { " WHERE (\($0)\n)" } ?? ""
            let query = "SELECT \(SQL.list(columns.map(\.name))) FROM \(source)\(filter)"
            sample = try copy(query, canCount: isTable || canCount, on: connection)
            source = "temp.\(SQL.quote(Self.working))"
        }
        defer {
            for table in [Self.working, Self.sampled] {
                _ = try? connection.execute("DROP TABLE IF EXISTS temp.\(SQL.quote(table))")
            }
        }
        let rows = Int(try connection.query("SELECT count(*) FROM \(source)").scalar.int ?? 0)
        var profile = DataProfile(
            target: target, engine: "DuckDB \(try Database.libraryVersion())", rows: rows, columns: [])
        profile.sample = sample
        try fill(&profile, columns, source: source, begun: begun, on: connection)
        profile.findings = FindingMaker(profile: profile).make()
        return profile
    }

    private static func source(_ relation: String) -> String {
        let word = relation.drop(while: \.isWhitespace).prefix(while: \.isLetter).uppercased()
        return ["SELECT", "WITH", "FROM", "VALUES"].contains(word) ? "(\(relation)\n)" : relation
    }

    private func checkFilter(_ source: String, on connection: isolated Connection) throws {
        guard let filter = options.filter else { return }
        do { _ = try connection.columns(of: "SELECT 1 FROM \(source) WHERE (\(filter)\n)") } catch let error
            as WeirError
        {
            throw WeirError(
                "profile.bad-where", "the condition \"\(filter)\" cannot be used: \(error.message)",
                hint: error.hint ?? "it is SQL over the columns of \(target), like amount > 100")
        }
    }

    private func chosen(_ all: [Column]) throws -> [Column] {
        if options.columns.isEmpty { return all }
        return try options.columns.map { name in
            if let found = all.first(where: { $0.name.lowercased() == name.lowercased() }) { return found }
            throw WeirError(
                "profile.unknown-column", "\(target) has no column \"\(name)\"",
                hint: DidYouMean.hint(for: name, among: all.map(\.name)))
        }
    }

    // MARK: Rows

    /// Copies the rows, or as many as were asked for, to the working table.
    private func copy(
        _ query: String, canCount: Bool, on connection: isolated Connection
    ) throws -> DataProfile.Sample? {
        func write(_ query: String) throws {
            try connection.execute("CREATE OR REPLACE TEMP TABLE \(SQL.quote(Self.working)) AS \(query)")
        }
        guard options.sample != nil || options.budget != nil else {
            try write(query)
            return nil
        }
        let wanted = max(1, try options.sample ?? affordable(query, on: connection))
        // A text file tells its number of rows only when it is read to the end, which a budget may not allow.
        let isHead = options.budget != nil && !canCount
        let pool = isHead ? "SELECT * FROM (\(query)) LIMIT \(wanted * 5)" : query
        let total = Int(try connection.query("SELECT count(*) FROM (\(pool))").scalar.int ?? 0)
        if wanted >= total {
            try write(pool)
            return nil
        }
        try write("SELECT * FROM (\(pool)) USING SAMPLE reservoir(\(wanted) ROWS) REPEATABLE (20261125)")
        let allowed = options.budget.map { "as many rows as \(Figures.duration(milliseconds: Int64($0 * 1000))) allow" }
        let isOfAll = !isHead || total < wanted * 5
        return DataProfile.Sample(
            of: isOfAll ? total : nil,
            why: (allowed ?? "as asked") + (isOfAll ? "" : ", from the first \(Figures.count(Int64(total), "row"))"))
    }

    /// Rows that the budget allows, from the time that a small part takes.
    private func affordable(_ query: String, on connection: isolated Connection) throws -> Int {
        guard let budget = options.budget else { return .max / 8 }
        var trial = options
        trial.budget = nil
        trial.sample = nil
        trial.filter = nil
        trial.columns = []
        trial.dependencies = .never
        let took = try ContinuousClock().measure {
            _ = try Profiler(target: target, options: trial).profile(
                "SELECT * FROM (\(query)) LIMIT \(Self.trial)", on: connection)
        }
        let seconds = max(0.001, Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18)
        return max(Self.trial, Int(Double(Self.trial) * max(0, budget - seconds) / seconds * 0.8))
    }

    // MARK: Facts

    private func fill(
        _ profile: inout DataProfile, _ columns: [Column], source: String, begun: ContinuousClock.Instant,
        on connection: isolated Connection
    ) throws {
        let rows = profile.rows
        options.progress("counting \(Figures.count(rows)) rows of \(Figures.count(columns.count)) columns")
        for start in stride(from: 0, to: columns.count, by: Self.columnsPerScan) {
            let part = columns[start..<min(start + Self.columnsPerScan, columns.count)]
            let scans = try FirstScan.scans(of: part, in: source, on: connection)
            let select = scans.flatMap(\.expressions).joined(separator: ", ")
            var answers = try connection.query("SELECT \(select) FROM \(source) AS t").first?[...] ?? []
            for scan in scans {
                let width = scan.expressions.count
                profile.columns.append(scan.facts(Array(answers.prefix(width)), rows: rows))
                answers = answers.dropFirst(width)
            }
        }
        guard rows > 0 else { return }
        if options.depth == .contract {
            try ContractFacts(source: source, rows: rows).fill(&profile.columns, on: connection)
            if !profile.columns.contains(where: { $0.isKey(of: rows) }) {
                let facts = RowFacts(source: source, rows: rows, columns: profile.columns)
                profile.table.keys = try facts.keys(nil, on: connection)
            }
            return
        }
        for index in profile.columns.indices {
            try connection.checkCancelled()
            options.progress("values of \(profile.columns[index].name) (\(index + 1) of \(profile.columns.count))")
            try ValueCounts(column: columns[index], source: source, rows: rows)
                .fill(&profile.columns[index], on: connection)
            try days(&profile.columns[index], source, on: connection)
        }
        options.progress("distributions")
        try Distribution(source: source, rows: rows).fill(&profile.columns, on: connection)
        options.progress("meanings")
        try connection.execute(
            "CREATE OR REPLACE TEMP TABLE \(SQL.quote(Self.sampled)) AS SELECT * FROM \(source) USING SAMPLE reservoir(\(SampleFacts.rows) ROWS) REPEATABLE (20261125)"
        )
        let sample = SampleFacts(sample: "temp.\(SQL.quote(Self.sampled))")
        try sample.fill(&profile.columns, on: connection)
        profile.table.correlations = try sample.correlations(profile.columns, on: connection)
        options.progress("rows and keys")
        let facts = RowFacts(source: source, rows: rows, columns: profile.columns)
        profile.table.missing = try facts.missing(on: connection)
        profile.table.duplicateRows = try facts.duplicates(on: connection)
        let dependencies = try dependencies(profile, source: source, begun: begun, on: connection)
        profile.table.dependencies = dependencies?.facts
        profile.table.keys = try facts.keys(dependencies, on: connection)
    }

    private func dependencies(
        _ profile: DataProfile, source: String, begun: ContinuousClock.Instant, on connection: isolated Connection
    ) throws -> DependencyFinder.Found? {
        let isQuick =
            profile.rows <= DependencyFinder.mostRows && profile.columns.count <= Self.mostQuickColumns
        guard options.dependencies == .always || options.dependencies == .whenQuick && isQuick, profile.rows > 1,
            profile.columns.count > 1
        else { return nil }
        options.progress("which columns follow from which")
        var finder = DependencyFinder(source: source, rows: profile.rows, columns: profile.columns)
        finder.deadline = options.budget.map { begun + .seconds($0) }
        if options.dependencies == .whenQuick {
            let quick = ContinuousClock.now + Self.quickSearch
            finder.deadline = min(finder.deadline ?? quick, quick)
        }
        return try finder.find(on: connection)
    }

    /// Days without a value, where the range is short enough to expect one every day.
    private func days(_ facts: inout ColumnFacts, _ source: String, on connection: isolated Connection) throws {
        guard let days = facts.times?.days, (2...20_000).contains(days), facts.distinct.count * 2 >= days else {
            return
        }
        let value = "t.\(SQL.quote(facts.name))"
        let present = try connection.query(
            "SELECT count(DISTINCT CAST(\(value) AS DATE)) FROM \(source) AS t WHERE isfinite(\(value))"
        ).scalar.int
        facts.times?.missingDays = present.map { days - Int($0) }
    }
}
