import WeirCore

/// Reads data contracts in the Open Data Contract Standard, v3.0.0 to v3.2.0.
///
/// Reading is strict: every unknown key is a mistake with its line and the nearest right name, and all
/// mistakes of a file are found at once. What Weir reads and cannot enforce is listed in
/// ``Contract/notChecked`` instead of being passed over.
///
/// ```swift
/// let problems = Problems()
/// let contract = ContractLoader.load(path: "contracts/orders.yaml", text: text, problems: problems)
/// try problems.throwIfAny("contract.invalid") { "\($0) mistakes in the contract" }
/// ```
public enum ContractLoader {
    /// The contract, or nil when it has a mistake; the mistakes are then among `problems`.
    ///
    /// - Parameters:
    ///   - path: shown in messages.
    ///   - variables: for `${VAR}` references; nil leaves them as they are. The `${table}` and `${column}` of
    ///     SQL rules are never taken for references.
    public static func load(
        path: String, text: String, problems: Problems, variables: Variables? = nil
    ) -> Contract? {
        let before = problems.all.count
        let file = YAMLFile(path: path, text: text, problems: problems, variables: variables)
        guard let map = file.root() else { return nil }
        let contract = read(map, path: path)
        return problems.all.count == before ? contract : nil
    }

    private static func read(_ map: YAMLMap, path: String) -> Contract {
        checkKind(map)
        let apiVersion = checkVersion(map)
        Vocabulary.root.read(map)
        for server in map.maps("servers") { Vocabulary.readServer(server) }
        for property in map.maps("customProperties") { Vocabulary.customProperty.readAll(property) }
        if let team = map.value("team") {
            // The list is the form of v3.0, the mapping that of v3.1.
            (team.isList ? Shape.objects(.member) : Shape.object(.team)).check(team)
        }
        let description = map.value("description").flatMap(readDescription)
        if let id = map.value("id") { StableID.check(id) }
        let tables = TableReader.readAll(map.maps("schema"))
        let slas = SLAReader(defaultElement: map.string("slaDefaultElement"), tables: tables)
        let (complete, unchecked) = slas.apply(map.maps("slaProperties"))
        let contract = Contract(
            path: path,
            id: map.requiredString("id", of: "a contract") ?? "",
            name: map.string("name"),
            version: map.requiredString("version", of: "a contract") ?? "",
            status: map.string("status"),
            apiVersion: apiVersion,
            description: description,
            tables: complete,
            notChecked: complete.flatMap(\.notChecked) + unchecked)
        map.finish("a contract")
        return contract
    }

    private static func checkKind(_ map: YAMLMap) {
        guard let kind = map.requiredString("kind", of: "a contract"), kind != "DataContract" else { return }
        map.report("contract.kind", "the kind is \"\(kind)\", and a contract's is DataContract", key: "kind")
    }

    private static func checkVersion(_ map: YAMLMap) -> String {
        guard let text = map.requiredString("apiVersion", of: "a contract") else { return "" }
        guard StandardVersion(text) != nil else {
            map.report(
                "contract.version", "the standard's version \"\(text)\" is not known here",
                hint: "Weir reads v3.0.0 to v3.2.0", key: "apiVersion")
            return text
        }
        return text
    }

    private static func readDescription(_ value: YAMLValue) -> String? {
        guard value.isMap else { return value.string() }
        guard let map = value.map() else { return nil }
        Vocabulary.contractDescription.readAll(map)
        return map.string("purpose")
    }
}
