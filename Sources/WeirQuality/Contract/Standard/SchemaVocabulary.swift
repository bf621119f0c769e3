/// The words of the standard about objects, properties and their options.
extension Vocabulary {
    static let table: Vocabulary = Vocabulary(
        "a schema object",
        [
            Key("id", .text, since: .v310), Key("name", .own), Key("physicalName", .own), Key("physicalType", .text),
            Key("logicalType", .own), Key("businessName", .text), Key("description", .own),
            Key("dataGranularityDescription", .text), Key("tags", .texts), Key("deprecated", .boolean, since: .v320),
            Key("synonyms", .objects(synonym), since: .v320), Key("context", .any, since: .v320),
            Key("authoritativeDefinitions", .objects(authoritativeDefinition)),
            Key("customProperties", .ownObjects { customProperty }), Key("properties", .ownObjects { column }),
            Key("relationships", .ownObjects { relationship }, since: .v310),
            Key("quality", .ownObjects { quality }),
        ])

    static let column: Vocabulary = Vocabulary(
        "a property",
        [
            Key("id", .text, since: .v310), Key("name", .own), Key("physicalName", .own), Key("logicalType", .own),
            Key("physicalType", .own), Key("businessName", .own), Key("description", .own),
            Key("semanticType", .text, since: .v320), Key("tags", .own), Key("deprecated", .boolean, since: .v320),
            Key("synonyms", .objects(synonym), since: .v320), Key("context", .any, since: .v320),
            Key("primaryKey", .own), Key("primaryKeyPosition", .own), Key("required", .own), Key("unique", .own),
            Key("partitioned", .own), Key("partitionKeyPosition", .own), Key("classification", .own),
            Key("encryptedName", .text), Key("criticalDataElement", .boolean),
            Key("logicalTypeOptions", .ownObject { typeOptions }), Key("enum", .ownObjects { enumValue }, since: .v320),
            Key("examples", .list(.any)), Key("transformSourceObjects", .texts), Key("transformLogic", .any),
            Key("transformDescription", .text),
            Key("authoritativeDefinitions", .objects(authoritativeDefinition)),
            Key("customProperties", .ownObjects { customProperty }), Key("properties", .ownObjects { column }),
            Key("items", .ownObject { column }), Key("map", .ownObject { mapParts }, since: .v320),
            Key("relationships", .ownObjects { relationship }, since: .v310),
            Key("quality", .ownObjects { quality }),
        ])

    static let typeOptions: Vocabulary = Vocabulary(
        "logicalTypeOptions",
        [
            Key("format", .own), Key("minLength", .own), Key("maxLength", .own), Key("pattern", .own),
            Key("minimum", .own), Key("exclusiveMinimum", .own), Key("maximum", .own), Key("exclusiveMaximum", .own),
            Key("multipleOf", .own), Key("timezone", .own, since: .v310), Key("defaultTimezone", .own, since: .v310),
            Key("minItems", .own), Key("maxItems", .own), Key("uniqueItems", .own), Key("minProperties", .own),
            Key("maxProperties", .own), Key("required", .own), Key("dimensions", .own, since: .v320),
            Key("elementType", .own, since: .v320), Key("distanceMetric", .own, since: .v320),
            Key("embeddingModel", .own, since: .v320), Key("embeddingModelVersion", .own, since: .v320),
            Key("normalized", .own, since: .v320),
        ])

    static let mapParts: Vocabulary = Vocabulary(
        "a map",
        [
            Key("key", .ownObject { column }, since: .v320), Key("value", .ownObject { column }, since: .v320),
        ])

    static let synonym: Vocabulary = Vocabulary(
        "a synonym",
        [
            Key("id", .text), Key("synonym", .text, required: true), Key("locale", .text), Key("source", .text),
            Key("status", .text), Key("description", .text), Key("customProperties", .objects(customProperty)),
        ])

    static let enumValue: Vocabulary = Vocabulary(
        "an enum value",
        [
            Key("id", .text), Key("value", .own), Key("label", .text), Key("description", .text), Key("tags", .texts),
            Key("deprecated", .boolean), Key("synonyms", .objects(synonym)),
            Key("authoritativeDefinitions", .objects(authoritativeDefinition)),
            Key("customProperties", .objects(customProperty)),
        ])

    static let relationship: Vocabulary = Vocabulary(
        "a relationship",
        [
            Key("id", .text, since: .v310), Key("type", .own, since: .v310), Key("from", .own, since: .v310),
            Key("to", .own, since: .v310), Key("description", .text, since: .v320),
            Key("customProperties", .ownObjects { customProperty }, since: .v310),
        ])

    static let quality: Vocabulary = Vocabulary(
        "a quality rule",
        [
            Key("id", .text, since: .v310), Key("name", .own), Key("description", .own), Key("type", .own),
            Key("metric", .own, since: .v310), Key("rule", .own), Key("arguments", .own, since: .v310),
            Key("validValues", .own), Key("engine", .own), Key("implementation", .own), Key("query", .own),
            Key("mustBe", .own), Key("mustNotBe", .own), Key("mustBeGreaterThan", .own),
            Key("mustBeGreaterOrEqualTo", .own), Key("mustBeLessThan", .own), Key("mustBeLessOrEqualTo", .own),
            Key("mustBeBetween", .own), Key("mustNotBeBetween", .own), Key("unit", .own), Key("dimension", .own),
            Key("severity", .own), Key("businessImpact", .text), Key("method", .text), Key("schedule", .text),
            Key("scheduler", .text), Key("scheduleCronExpression", .text), Key("tags", .texts),
            Key("authoritativeDefinitions", .objects(authoritativeDefinition)),
            Key("customProperties", .ownObjects { customProperty }),
        ])
}
