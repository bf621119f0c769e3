import WeirCore

/// The number or text that tells a request from others.
public enum RPCID: Sendable, Hashable {
    case number(Int64)
    case text(String)

    var json: JSONValue {
        switch self {
        case .number(let value): .int(value)
        case .text(let value): .string(value)
        }
    }

    /// Nil for what may not be one: null, fractions, lists.
    init?(_ value: JSONValue) {
        switch value {
        case .int(let number): self = .number(number)
        case .string(let text) where text.utf8.count <= 1024: self = .text(text)
        default: return nil
        }
    }
}

/// One message of JSON-RPC 2.0, read strictly.
public enum RPCMessage: Sendable, Hashable {
    case request(id: RPCID, method: String, params: JSONValue)
    case notification(method: String, params: JSONValue)
    /// The answer to a request of ours.
    case answer(id: RPCID, result: JSONValue?, error: RPCFault?)

    /// - Throws: ``RPCFault`` with the id of the request, where it can be told.
    public static func read(_ bytes: [UInt8]) throws(RPCFault) -> RPCMessage {
        guard let value = JSONValue(parsing: bytes) else {
            throw RPCFault(.parseError, "the line is no JSON")
        }
        guard let fields = value.fields else {
            throw RPCFault(.invalidRequest, "a message is one JSON object; lists of them are not taken")
        }
        let id = fields["id"].flatMap { RPCID($0) }
        guard fields["jsonrpc"] == "2.0" else {
            throw RPCFault(.invalidRequest, "\"jsonrpc\" is to be \"2.0\"", id: id)
        }
        if fields["id"] != nil, id == nil {
            // An error may come back without an id, when its request could not be read.
            if fields["method"] == nil, fields["error"] != nil {
                throw RPCFault(.invalidRequest, "an answer without a request")
            }
            throw RPCFault(.invalidRequest, "\"id\" is to be a text or a whole number")
        }
        guard let method = fields["method"] else { return try answer(fields, id) }
        guard let method = method.text else {
            throw RPCFault(.invalidRequest, "\"method\" is to be a text", id: id)
        }
        let params = fields["params"] ?? .object([:])
        guard params.fields != nil else {
            throw RPCFault(.invalidParams, "\"params\" is to be an object", id: id)
        }
        guard let id else { return .notification(method: method, params: params) }
        return .request(id: id, method: method, params: params)
    }

    private static func answer(_ fields: [String: JSONValue], _ id: RPCID?) throws(RPCFault) -> RPCMessage {
        guard let id, fields["result"] != nil || fields["error"] != nil else {
            throw RPCFault(
                .invalidRequest, "a message has a \"method\", or a \"result\" or \"error\" with an \"id\"", id: id)
        }
        let error = fields["error"].map { error in
            RPCFault(
                RPCFault.Code(error["code"]?.integer.map { Int($0) } ?? RPCFault.Code.internalError.value),
                error["message"]?.text ?? "", data: error["data"])
        }
        return .answer(id: id, result: fields["result"], error: error)
    }
}

/// What is wrong with a request itself; a tool that fails is a result.
public struct RPCFault: Error, Sendable, Hashable {
    public struct Code: Sendable, Hashable {
        let value: Int

        init(_ value: Int) { self.value = value }

        static let parseError = Code(-32700)
        static let invalidRequest = Code(-32600)
        static let methodNotFound = Code(-32601)
        static let invalidParams = Code(-32602)
        static let internalError = Code(-32603)
        /// More calls wait than are kept; ours to define.
        static let busy = Code(-32010)
        /// Of revisions before 2026-07-28; later ones say ``invalidParams``.
        static let resourceNotFound = Code(-32002)
        static let missingCapability = Code(-32021)
        static let unsupportedVersion = Code(-32022)
    }

    public var code: Code
    public var message: String
    public var data: JSONValue?
    public var id: RPCID?

    init(_ code: Code, _ message: String, data: JSONValue? = nil, id: RPCID? = nil) {
        self.code = code
        self.message = message
        self.data = data
        self.id = id
    }

    /// A mistake of ours as the fault of a request.
    init(_ error: WeirError, _ code: Code = .invalidParams) {
        var data: [String: JSONValue] = ["code": .string(error.code)]
        if let hint = error.hint { data["hint"] = .string(hint) }
        self.init(code, error.hint.map { "\(error.message); \($0)" } ?? error.message, data: .object(data))
    }
}

/// Writes messages.
enum RPCWriter {
    static func result(_ id: RPCID, _ result: JSONValue) -> JSONValue {
        ["jsonrpc": "2.0", "id": id.json, "result": result]
    }

    static func fault(_ fault: RPCFault, id: RPCID? = nil) -> JSONValue {
        var error: [String: JSONValue] = ["code": .int(Int64(fault.code.value)), "message": .string(fault.message)]
        if let data = fault.data { error["data"] = data }
        return ["jsonrpc": "2.0", "id": (id ?? fault.id)?.json ?? .null, "error": .object(error)]
    }

    static func request(_ id: RPCID, _ method: String, _ params: JSONValue) -> JSONValue {
        ["jsonrpc": "2.0", "id": id.json, "method": .string(method), "params": params]
    }

    static func notification(_ method: String, _ params: JSONValue) -> JSONValue {
        ["jsonrpc": "2.0", "method": .string(method), "params": params]
    }
}
