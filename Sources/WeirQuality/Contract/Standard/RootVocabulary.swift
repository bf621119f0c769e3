/// The words of the Open Data Contract Standard v3.0.0 to v3.2.0 about a contract as a whole.
extension Vocabulary {
    static let root: Vocabulary = Vocabulary(
        "a contract",
        [
            Key("apiVersion", .own), Key("kind", .own), Key("id", .own), Key("name", .own), Key("version", .own),
            Key("status", .own), Key("tenant", .text), Key("domain", .text), Key("dataProduct", .text),
            Key("tags", .texts), Key("description", .ownObject { contractDescription }),
            Key("context", .any, since: .v320), Key("contractCreatedTs", .text),
            Key("authoritativeDefinitions", .objects(authoritativeDefinition), since: .v301),
            Key("servers", .ownObjects { server }), Key("schema", .ownObjects { table }),
            Key("slaDefaultElement", .own), Key("slaProperties", .ownObjects { sla }),
            Key("team", .ownObject { team }), Key("roles", .objects(role)), Key("support", .objects(support)),
            Key("price", .object(price)), Key("customProperties", .ownObjects { customProperty }),
        ])

    static let authoritativeDefinition: Vocabulary = Vocabulary(
        "an authoritative definition",
        [
            Key("id", .text, since: .v310), Key("url", .text, required: true), Key("type", .text, required: true),
            Key("description", .text, since: .v310),
        ])

    /// `customProperties` of things that Weir has no settings for.
    static let customProperty: Vocabulary = Vocabulary(
        "a custom property",
        [
            Key("id", .text, since: .v310), Key("vendor", .text, since: .v320), Key("property", .text, required: true),
            Key("value", .any), Key("description", .text, since: .v310),
        ])

    static let contractDescription: Vocabulary = Vocabulary(
        "the description",
        [
            Key("purpose", .text), Key("usage", .text), Key("limitations", .text),
            Key("authoritativeDefinitions", .objects(authoritativeDefinition), since: .v301),
            Key("customProperties", .objects(customProperty), since: .v301),
        ])

    static let role: Vocabulary = Vocabulary(
        "a role",
        [
            Key("id", .text, since: .v310), Key("role", .text, required: true), Key("description", .text),
            Key("access", .text), Key("firstLevelApprovers", .text), Key("secondLevelApprovers", .text),
            Key("customProperties", .objects(customProperty), since: .v301),
        ])

    static let member: Vocabulary = Vocabulary(
        "a team member",
        [
            Key("id", .text, since: .v310), Key("username", .text, required: true), Key("name", .text, since: .v302),
            Key("description", .text, since: .v302), Key("role", .text), Key("dateIn", .text), Key("dateOut", .text),
            Key("replacedByUsername", .text), Key("tags", .texts, since: .v310),
            Key("authoritativeDefinitions", .objects(authoritativeDefinition), since: .v310),
            Key("customProperties", .objects(customProperty), since: .v310),
        ])

    /// The form of v3.1; the list of members of v3.0 is read as well, and written in this form.
    static let team: Vocabulary = Vocabulary(
        "the team",
        [
            Key("id", .text, since: .v310), Key("name", .text, since: .v310),
            Key("description", .text, since: .v310), Key("members", .objects(member), since: .v310),
            Key("tags", .texts, since: .v310),
            Key("authoritativeDefinitions", .objects(authoritativeDefinition), since: .v310),
            Key("customProperties", .objects(customProperty), since: .v310),
        ])

    static let support: Vocabulary = Vocabulary(
        "a support channel",
        [
            Key("id", .text, since: .v310), Key("channel", .text, required: true), Key("url", .text),
            Key("description", .text), Key("tool", .text), Key("scope", .text), Key("invitationUrl", .text),
            Key("customProperties", .objects(customProperty), since: .v310),
        ])

    static let price: Vocabulary = Vocabulary(
        "the price",
        [
            Key("id", .text, since: .v310), Key("priceAmount", .number), Key("priceCurrency", .text),
            Key("priceUnit", .text),
        ])

    static let sla: Vocabulary = Vocabulary(
        "an SLA property",
        [
            Key("id", .text, since: .v310), Key("property", .own), Key("value", .own), Key("valueExt", .scalar),
            Key("unit", .own), Key("element", .own), Key("driver", .text), Key("description", .own, since: .v310),
            Key("schedule", .text, since: .v310), Key("scheduler", .text, since: .v310),
            Key("authoritativeDefinitions", .objects(authoritativeDefinition), since: .v320),
            Key("customProperties", .ownObjects { customProperty }, since: .v320),
        ])
}
