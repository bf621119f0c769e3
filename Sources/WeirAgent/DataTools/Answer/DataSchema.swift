import WeirCore

/// Arguments that many tools of data share.
enum DataSchema {
    static let env = ToolSchema.Field("env", .string, "Environment of weir.yaml.")
    static let cursor = ToolSchema.Field("cursor", .string, "`next_cursor` of the answer before.")
    static let selectors = ToolSchema.Field(
        "tables", .array(.string),
        "Tables: mart.delays, +mart.delays (with all it is made of), mart.delays+ (with all made of it), staging.*, tag:NAME, changed. Left out: all."
    )
}

extension ToolArguments {
    /// The environment that a call is about.
    func environment(_ context: ToolContext) throws -> String? { try optionalText("env") ?? context.environment }
}
