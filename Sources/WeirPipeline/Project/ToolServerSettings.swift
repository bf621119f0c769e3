import WeirCore

/// One entry of `mcp:` in `weir.yaml`: a program that offers tools over the Model Context Protocol.
public struct ToolServerSettings: Sendable, Hashable {
    /// Stands before the names of its tools: `name.tool`.
    public var name: String
    public var command: String
    public var arguments: [String]
    /// What it gets beside the few variables that every program needs. Values are secrets.
    public var environment: [String: Secret]

    public init(name: String, command: String, arguments: [String] = [], environment: [String: Secret] = [:]) {
        self.name = name
        self.command = command
        self.arguments = arguments
        self.environment = environment
    }

    init?(_ map: YAMLMap, name: String, in entries: YAMLMap) {
        let command = map.requiredString("command", of: "a server of `mcp:`")
        let arguments = map.strings("args")
        var environment: [String: Secret] = [:]
        if let values = map.map("env") {
            for key in values.keys { environment[key] = values.string(key).map { Secret($0) } }
        }
        map.finish("a server of `mcp:`")
        let isGoodName =
            !name.isEmpty && name.utf8.count <= 32
            && name.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || "0123456789_-".unicodeScalars.contains($0))
            }
        if !isGoodName {
            entries.report(
                "project.bad-name", "the name of a server of `mcp:` is made of up to 32 letters, digits, - and _",
                key: name)
        }
        guard let command, isGoodName else { return nil }
        self.init(name: name, command: command, arguments: arguments, environment: environment)
    }
}
