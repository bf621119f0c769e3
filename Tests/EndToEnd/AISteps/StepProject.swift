import Foundation
import StandIn

/// A project with documents and one model whose rows the stand-in answers.
struct StepProject: Sendable {
    let server: StandIn
    let files: TempProject

    static let contract = """
        apiVersion: v3.1.0
        kind: DataContract
        id: invoice
        version: 1.0.0
        status: active
        schema:
          - name: invoice
            properties:
              - { name: vendor, logicalType: string, required: true, description: who sent it }
              - name: total
                logicalType: number
                physicalType: DECIMAL(10,2)
                logicalTypeOptions: { minimum: 0 }
              - { name: day, logicalType: date }
              - { name: tags, logicalType: array, items: { logicalType: string } }

        """

    /// - Parameters:
    ///   - ai: what stands under `ai:` of the model's header.
    ///   - providers: more lines under `providers:`, of a server at the address.
    init(
        _ ai: String, header: String = "key: [document_id]",
        select: String = "SELECT document_id, text FROM raw.documents",
        documents: [String], budgets: String = "", providers: (StandIn) -> [String] = { _ in [] }
    ) async throws {
        server = try await StandIn()
        let more = providers(server).map { "    \($0)\n" }.joined()
        files = try TempProject([
            "weir.yaml": """
            weir: 1
            name: test
            ai:
              model: claude-haiku-4-5
              providers:
                claude: { type: anthropic, key: "${KEY}", base_url: "\(server.url)/" }
                local: { type: openai-compatible, key: "${KEY}", base_url: "\(server.url)/v1", models: [vectors] }
            \(more)
              retry: { attempts: 2, within: 20 s }
            \(budgets)
            """,
            "sources/documents.yaml": "name: raw.documents\nfrom: { files: data/documents.json }\n",
            "contracts/invoice.yaml": Self.contract,
            "prompts/invoice.md": "Read the invoice and tell its fields.\n\n{{text}}\n",
        ])
        try write(documents)
        try model(ai, header: header, select: select)
    }

    func model(
        _ ai: String, header: String = "key: [document_id]",
        select: String = "SELECT document_id, text FROM raw.documents"
    ) throws {
        try files.write("models/mart/answers.sql", "/* weir\nai: \(ai)\n\(header)\n*/\n\(select)\n")
    }

    /// Documents are numbered from 1.
    func write(_ documents: [String]) throws {
        let lines = try documents.enumerated().map { number, text in
            String(
                decoding: try JSONSerialization.data(
                    withJSONObject: ["document_id": number + 1, "text": text], options: .sortedKeys), as: UTF8.self)
        }
        try files.write("data/documents.json", lines.joined(separator: "\n") + "\n")
    }

    static let environment = ["KEY": StandIn.key]

    @discardableResult
    func run(_ arguments: String..., expect code: Int32? = 0) async throws -> Invocation {
        let done = try await files.command(["run", "-o", "json"] + arguments, environment: Self.environment)
        if let code, done.code != code { throw Unexpected(done: done) }
        return done
    }

    func weir(_ arguments: String...) async throws -> Invocation {
        try await files.command(arguments, environment: Self.environment)
    }

    func start(_ arguments: String...) throws -> Child { try files.start(arguments, environment: Self.environment) }

    struct Unexpected: Error { let done: Invocation }

    /// Requests that were about rows.
    var asked: Int { server.received.count { $0.text.contains("<data ") } }

    static func invoice(_ number: Int, vendor: String? = nil) -> String {
        "vendor: \(vendor ?? "Vendor \(number)")\ntotal: \(number).50\nday: 2024-01-\(number % 28 < 9 ? "0" : "")\(number % 28 + 1)"
    }
}
