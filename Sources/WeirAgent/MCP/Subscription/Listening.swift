import WeirCore

/// What a client wants to be told of, as `subscriptions/listen` says it (revision 2026-07-28).
struct Listening: Sendable, Hashable {
    /// Most resources of one subscription.
    static let most = 100
    /// Most subscriptions of one client.
    static let atOnce = 16

    private static let metaID = "io.modelcontextprotocol/subscriptionId"

    let id: RPCID
    /// The list of resources, as a whole.
    var list: Bool
    var uris: [String]

    /// Tools and prompts change only with the process, and what is no resource never does: both are left out of what is
    /// agreed to.
    ///
    /// - Throws: ``RPCFault``.
    init(_ id: RPCID, _ params: JSONValue) throws(RPCFault) {
        guard let wanted = params["notifications"]?.fields else {
            throw RPCFault(.invalidParams, "\"notifications\" is to be an object", id: id)
        }
        let given = wanted["resourceSubscriptions"] ?? .array([])
        guard case .array(let items) = given, items.allSatisfy({ $0.text != nil }) else {
            throw RPCFault(.invalidParams, "\"resourceSubscriptions\" is to be a list of texts", id: id)
        }
        guard items.count <= Self.most else {
            throw RPCFault(.invalidParams, "\(Self.most) resources are the most of one subscription", id: id)
        }
        self.id = id
        list = wanted["resourcesListChanged"]?.truth == true
        uris = []
        for uri in items.compactMap(\.text) where MCPResources.reading(uri) != nil && !uris.contains(uri) {
            uris.append(uri)
        }
    }

    private var meta: JSONValue { [Self.metaID: id.json] }

    /// What is agreed to; the first message.
    var acknowledged: JSONValue {
        var agreed: [String: JSONValue] = [:]
        if list { agreed["resourcesListChanged"] = true }
        if !uris.isEmpty { agreed["resourceSubscriptions"] = JSONValue(uris) }
        return RPCWriter.notification(
            "notifications/subscriptions/acknowledged", ["notifications": .object(agreed), "_meta": meta])
    }

    var listChanged: JSONValue { RPCWriter.notification("notifications/resources/list_changed", ["_meta": meta]) }

    func updated(_ uri: String) -> JSONValue {
        RPCWriter.notification("notifications/resources/updated", ["uri": .string(uri), "_meta": meta])
    }

    /// The last message, where the server ends it.
    var over: JSONValue { RPCWriter.result(id, ["resultType": "complete", "_meta": meta]) }
}
