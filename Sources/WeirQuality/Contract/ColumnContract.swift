import WeirCore

/// What a contract says about one column (an ODCS property).
public struct ColumnContract: Sendable, Hashable {
    /// What references of other contracts may call it.
    public var id: String?
    public var name: String
    public var physicalName: String?
    public var logicalType: ContractType?
    public var physicalType: String?
    public var required: Bool
    public var unique: Bool
    /// 1-based position in the primary key; nil when the column is no part of it.
    public var primaryKeyPosition: Int?
    /// 1-based position among the columns that the table is partitioned by; nil when the column is none of them.
    public var partitionPosition: Int?
    public var description: String?
    public var businessName: String?
    public var classification: String?
    public var tags: [String]
    /// `logicalTypeOptions.format`: a word for text, a bit width for numbers, a JDK pattern for dates.
    public var format: String?
    /// `logicalTypeOptions.timezone`.
    public var hasTimeZone: Bool?
    /// Fields of an object.
    public var fields: [ColumnContract]
    /// Type of the items of an array; of a map, its whole type.
    public var itemType: String?
    public var onFail: OnFail?
    public var tolerance: Tolerance?
    public var place: Place

    public init(
        name: String, physicalName: String? = nil, logicalType: ContractType? = nil, physicalType: String? = nil,
        required: Bool = false, unique: Bool = false, primaryKeyPosition: Int? = nil, description: String? = nil,
        classification: String? = nil, place: Place = Place()
    ) {
        self.name = name
        self.physicalName = physicalName
        self.logicalType = logicalType
        self.physicalType = physicalType
        self.required = required
        self.unique = unique
        self.primaryKeyPosition = primaryKeyPosition
        self.description = description
        self.classification = classification
        self.tags = []
        self.fields = []
        self.place = place
    }

    /// The name in the table.
    public var columnName: String { physicalName ?? name }

    /// The SQL type DuckDB should read the column as: from `physicalType`, else from `logicalType`.
    /// Nil when the contract does not say, or says it in words of another engine.
    public var declaredType: String? {
        if let physicalType, let type = PhysicalType.duckDB(physicalType) { return type }
        switch logicalType {
        case .string: return "VARCHAR"
        case .integer: return format.flatMap { PhysicalType.rustIntegers[$0] } ?? "BIGINT"
        case .number: return format == "f32" ? "FLOAT" : "DOUBLE"
        case .boolean: return "BOOLEAN"
        case .date: return "DATE"
        case .time: return "TIME"
        case .timestamp: return hasTimeZone == true ? "TIMESTAMP WITH TIME ZONE" : "TIMESTAMP"
        case .array: return itemType.map { "\($0)[]" }
        case .object:
            let parts = fields.map { field in field.declaredType.map { "\(SQL.quote(field.columnName)) \($0)" } }
            let known = parts.compactMap(\.self)
            return known.isEmpty || known.count < parts.count ? nil : "STRUCT(\(known.joined(separator: ", ")))"
        case .map: return itemType
        case .vector, nil: return nil
        }
    }

    /// True when values of the column must not be shown in messages and samples.
    public var isSensitive: Bool {
        guard let classification else { return false }
        return !["public", "open", "internal", "none", "unclassified"].contains(classification.lowercased())
    }
}

/// The words of `logicalType`.
public enum ContractType: String, Sendable, Hashable, Codable, CaseIterable {
    case string, date, timestamp, time, number, integer, object, array, boolean
    /// Since v3.2.0.
    case map, vector
}
