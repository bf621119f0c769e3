import WeirCore

/// Revisions of the Model Context Protocol that Weir speaks.
public enum MCPVersion {
    /// Each request says which revision it is of; there is no handshake.
    static let modern = ["2026-07-28"]
    /// Begun by `initialize`.
    static let legacy = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"]
    static let all = modern + legacy

    static let metaVersion = "io.modelcontextprotocol/protocolVersion"
    static let metaCapabilities = "io.modelcontextprotocol/clientCapabilities"
    static let metaClient = "io.modelcontextprotocol/clientInfo"
    static let metaServer = "io.modelcontextprotocol/serverInfo"
}

/// Who makes a request, and what it can do.
struct MCPCaller: Sendable, Hashable {
    var isModern: Bool
    var capabilities: JSONValue
    /// What it says of itself; for the audit trail only.
    var name: String

    /// It can ask a person with a form. Without a word about forms or addresses, forms are meant.
    var canAsk: Bool {
        guard let elicitation = capabilities["elicitation"]?.fields else { return false }
        return elicitation["form"] != nil || elicitation["url"] == nil
    }

    /// The caller that a request of 2026-07-28 tells of; nil for one of before.
    ///
    /// - Throws: ``RPCFault``.
    init?(meta params: JSONValue) throws(RPCFault) {
        let meta = params["_meta"]
        let given = [MCPVersion.metaVersion, MCPVersion.metaCapabilities].filter { meta?[$0] != nil }
        if given.isEmpty { return nil }
        guard let version = meta?[MCPVersion.metaVersion]?.text else {
            throw RPCFault(.invalidParams, "\"_meta\" needs the text \"\(MCPVersion.metaVersion)\"")
        }
        guard MCPVersion.modern.contains(version) else {
            throw RPCFault(
                .unsupportedVersion, "Unsupported protocol version",
                data: ["supported": JSONValue(MCPVersion.all), "requested": .string(version)])
        }
        guard let capabilities = meta?[MCPVersion.metaCapabilities], capabilities.fields != nil else {
            throw RPCFault(.invalidParams, "\"_meta\" needs the object \"\(MCPVersion.metaCapabilities)\"")
        }
        isModern = true
        self.capabilities = capabilities
        name = Self.name(meta?[MCPVersion.metaClient])
    }

    /// The caller that `initialize` tells of.
    init(initialize params: JSONValue) {
        isModern = false
        capabilities = params["capabilities"] ?? .object([:])
        name = Self.name(params["clientInfo"])
    }

    private static func name(_ info: JSONValue?) -> String {
        let name = String((info?["name"]?.text ?? "an MCP client").prefix(60))
        let version = (info?["version"]?.text).map { " \($0.prefix(30))" } ?? ""
        return name + version
    }
}
