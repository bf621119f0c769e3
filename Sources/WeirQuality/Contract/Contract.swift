import WeirCore

/// A data contract: what its tables must look like and which rules their rows must keep.
///
/// Read from an ODCS v3 file by ``ContractLoader``. A contract is a value: it knows no database.
public struct Contract: Sendable, Hashable {
    /// Path of the file as shown to the user.
    public var path: String
    public var id: String
    public var name: String?
    /// The contract's own version.
    public var version: String
    public var status: String?
    /// The version of the standard it is written in, `v3.1.0`.
    public var apiVersion: String
    public var description: String?
    public var tables: [TableContract]
    /// What looks like a rule and is not enforced, so that nobody trusts it by mistake.
    public var notChecked: [NotChecked]

    /// The contract of a table, by its physical or its plain name, with or without the schema. A contract
    /// that describes one table only is taken to describe whichever table refers to it.
    public func table(for name: TableName) -> TableContract? {
        let wanted = [name.key, name.table.lowercased()]
        for key in wanted {
            if let found = tables.first(where: { $0.names.contains(key) }) { return found }
        }
        return tables.count == 1 ? tables.first : nil
    }
}

/// The part of a contract that describes one table.
public struct TableContract: Sendable, Hashable {
    /// What references of other contracts may call it.
    public var id: String?
    public var name: String
    public var physicalName: String?
    public var description: String?
    public var columns: [ColumnContract]
    /// The key's columns by their names in the table, in the order of `primaryKeyPosition`.
    public var primaryKey: [String]
    public var rules: [Rule]
    /// What happens to rows that break a rule which says nothing itself (`weir.onFail`).
    public var onFail: OnFail?
    /// How many rows of the table may be lost before the load stops (`weir.tolerance`).
    public var tolerance: Tolerance?
    /// How closely its loads are watched (`weir.anomaly`); nil where the contract says nothing.
    public var anomaly: WatchSettings?
    /// Rules of this table that are read and not enforced.
    public var notChecked: [NotChecked]
    /// Foreign keys into other contracts that nobody has followed yet; they are among ``notChecked``.
    public var links: [ContractLink] = []
    public var place: Place

    public init(
        name: String, physicalName: String? = nil, description: String? = nil, columns: [ColumnContract] = [],
        primaryKey: [String] = [], rules: [Rule] = [], onFail: OnFail? = nil, tolerance: Tolerance? = nil,
        notChecked: [NotChecked] = [], place: Place = Place()
    ) {
        self.name = name
        self.physicalName = physicalName
        self.description = description
        self.columns = columns
        self.primaryKey = primaryKey
        self.rules = rules
        self.onFail = onFail
        self.tolerance = tolerance
        self.notChecked = notChecked
        self.place = place
    }

    /// Lower case names under which the table may be asked for.
    var names: [String] { [physicalName, name].compactMap { $0?.lowercased() } }

    /// The column of that name in the table, without regard to case, as DuckDB compares names.
    public func column(_ name: String) -> ColumnContract? {
        let key = name.lowercased()
        return columns.first { $0.columnName.lowercased() == key } ?? columns.first { $0.name.lowercased() == key }
    }

    /// The freshness rules, from `slaProperties` latency.
    public var freshness: [Rule] {
        rules.filter { if case .freshness = $0.kind { true } else { false } }
    }

    /// Types to read the columns as, for those that the contract declares: column name → SQL type.
    public var declaredTypes: [String: String] {
        var types: [String: String] = [:]
        for column in columns { types[column.columnName] = column.declaredType }
        return types
    }
}

/// Something in a contract that Weir has read and does not enforce.
public struct NotChecked: Sendable, Hashable, Codable {
    public let place: Place
    /// The key or the rule's name.
    public let key: String
    public let why: String

    public init(place: Place, key: String, why: String) {
        self.place = place
        self.key = key
        self.why = why
    }
}
