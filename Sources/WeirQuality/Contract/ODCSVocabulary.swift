/// The words of the Open Data Contract Standard v3.0.0 to v3.2.0 that describe and do not decide.
///
/// A key with a meaning for Weir is read where it is used (``ContractLoader``, ``TableReader``, …); every
/// other key of the standard stands here, and nowhere else.
extension Vocabulary {
    static let authoritativeDefinition = Vocabulary(
        "an authoritative definition",
        ["id": .text, "url": .text, "type": .text, "description": .text], required: ["url", "type"])

    /// `customProperties` of things that Weir has no settings for.
    static let customProperty = Vocabulary(
        "a custom property",
        ["id": .text, "property": .text, "value": .any, "description": .text, "vendor": .text],
        required: ["property"])

    static let contractDescription = Vocabulary(
        "the description",
        [
            "purpose": .text, "usage": .text, "limitations": .text,
            "authoritativeDefinitions": .objects(authoritativeDefinition),
            "customProperties": .objects(customProperty),
        ])

    static let server = Vocabulary(
        "a server",
        [
            "id": .text, "server": .text, "type": .text, "description": .text, "environment": .text,
            "roles": .objects(role), "customProperties": .objects(customProperty), "account": .text, "catalog": .text,
            "catalogUrl": .text, "database": .text, "dataset": .text, "delimiter": .text, "encoding": .text,
            "endpointUrl": .text, "format": .text, "host": .text, "location": .text, "namespace": .text,
            "path": .text, "port": .scalar, "project": .text, "region": .text, "regionName": .text, "schema": .text,
            "serviceName": .text, "stagingDir": .text, "stream": .text, "warehouse": .text, "workgroup": .text,
        ], required: ["server", "type"])

    static let role = Vocabulary(
        "a role",
        [
            "id": .text, "role": .text, "description": .text, "access": .text, "firstLevelApprovers": .text,
            "secondLevelApprovers": .text, "customProperties": .objects(customProperty),
        ], required: ["role"])

    static let member = Vocabulary(
        "a team member",
        [
            "id": .text, "username": .text, "name": .text, "description": .text, "role": .text, "dateIn": .text,
            "dateOut": .text, "replacedByUsername": .text, "tags": .texts,
            "customProperties": .objects(customProperty),
            "authoritativeDefinitions": .objects(authoritativeDefinition),
        ], required: ["username"])

    static let team = Vocabulary(
        "the team",
        [
            "id": .text, "name": .text, "description": .text, "members": .objects(member), "tags": .texts,
            "customProperties": .objects(customProperty),
            "authoritativeDefinitions": .objects(authoritativeDefinition),
        ])

    static let support = Vocabulary(
        "a support channel",
        [
            "id": .text, "channel": .text, "url": .text, "description": .text, "tool": .text, "scope": .text,
            "invitationUrl": .text, "customProperties": .objects(customProperty),
        ], required: ["channel"])

    static let price = Vocabulary(
        "the price", ["id": .text, "priceAmount": .number, "priceCurrency": .text, "priceUnit": .text])

    static let synonym = Vocabulary(
        "a synonym",
        [
            "id": .text, "synonym": .text, "locale": .text, "source": .text, "status": .text, "description": .text,
            "customProperties": .objects(customProperty),
        ], required: ["synonym"])

    /// Keys of the whole contract.
    static let root = Vocabulary(
        "a contract",
        [
            "tenant": .text, "domain": .text, "dataProduct": .text, "tags": .texts, "servers": .objects(server),
            "support": .objects(support), "price": .object(price), "roles": .objects(role),
            "authoritativeDefinitions": .objects(authoritativeDefinition), "contractCreatedTs": .text,
            "context": .any,
        ])

    /// Keys that tables and columns share.
    static let element = Vocabulary(
        "an element",
        [
            "id": .text, "businessName": .text, "deprecated": .boolean, "synonyms": .objects(synonym),
            "authoritativeDefinitions": .objects(authoritativeDefinition), "context": .any,
        ])

    static let table = Vocabulary(
        "a schema object", ["physicalType": .text, "dataGranularityDescription": .text, "tags": .texts])

    static let column = Vocabulary(
        "a property",
        [
            "partitioned": .boolean, "partitionKeyPosition": .integer, "encryptedName": .text,
            "criticalDataElement": .boolean, "examples": .list(.any), "transformSourceObjects": .texts,
            "transformLogic": .any, "transformDescription": .text, "semanticType": .text,
        ])

    static let quality = Vocabulary(
        "a quality rule",
        [
            "id": .text, "businessImpact": .text, "method": .text, "schedule": .text, "scheduler": .text,
            "scheduleCronExpression": .text, "tags": .texts,
            "authoritativeDefinitions": .objects(authoritativeDefinition),
        ])

    static let enumValue = Vocabulary(
        "an enum value",
        [
            "id": .text, "label": .text, "description": .text, "tags": .texts,
            "customProperties": .objects(customProperty),
            "authoritativeDefinitions": .objects(authoritativeDefinition),
        ])

    static let sla = Vocabulary(
        "an SLA property",
        [
            "id": .text, "valueExt": .scalar, "driver": .text, "description": .text, "schedule": .text,
            "scheduler": .text, "authoritativeDefinitions": .objects(authoritativeDefinition),
        ])
}
