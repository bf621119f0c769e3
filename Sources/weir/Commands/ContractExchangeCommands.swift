import ArgumentParser
import Foundation
import WeirCore
import WeirQuality

extension ImportFormat: ExpressibleByArgument {}
extension ExportFormat: ExpressibleByArgument {}
extension SQLDialect: ExpressibleByArgument {}

/// What import and export print as JSON.
struct ContractExchange: Encodable {
    let format: String
    let file: String
    /// The text, where no file was asked for.
    let text: String?
    let notCarried: [NotCarried]
}

struct ContractImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Make a contract from dbt, JSON Schema, SQL, Avro, Great Expectations or Soda.",
        discussion: """
            weir contract import sql schema.sql --to contracts/shop.yaml
            weir contract import dbt models/schema.yml

            The contract goes to standard output or --to; what it could not take goes to standard error.
            """)

    @Argument(help: "dbt, json-schema, sql, avro, great-expectations or soda.")
    var format: ImportFormat

    @Argument(help: "The other tool's file.")
    var file: String

    @Option(name: .long, help: ArgumentHelp("Write the contract to this file.", valueName: "file"))
    var to: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let text = try FileText.read(file, in: FileManager.default.currentDirectoryPath)
        let imported = try await ContractImport.read(format, text: text, path: file)
        try ExchangeOutput(format: format.rawValue, file: file, to: to, output: output)
            .show(imported.document.yaml, imported.notCarried)
    }
}

struct ContractExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write a contract as dbt tests, JSON Schema, SQL, Avro or Markdown.",
        discussion: """
            weir contract export sql contracts/orders.yaml --dialect postgres
            weir contract export markdown contracts/orders.yaml --to orders.md
            """)

    @Argument(help: "dbt, json-schema, sql, avro or markdown.")
    var format: ExportFormat

    @Argument(help: "A contract file.")
    var file: String

    @Option(name: .long, help: "For sql: duckdb, postgres, mysql or sqlite.")
    var dialect: SQLDialect?

    @Option(name: .long, help: ArgumentHelp("Write to this file.", valueName: "file"))
    var to: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if dialect != nil, format != .sql { throw ValidationError("--dialect goes with sql only") }
    }

    func run() async throws {
        let contract = try ContractFile(readingFrom: file, in: FileManager.default.currentDirectoryPath)
        let exported = try ContractExport.write(contract, as: format, dialect: dialect ?? .duckdb)
        try ExchangeOutput(format: format.rawValue, file: file, to: to, output: output)
            .show(exported.text, exported.notCarried)
    }
}

/// The text where it was asked for, and what it does not say on standard error.
struct ExchangeOutput {
    let format: String
    let file: String
    let to: String?
    let output: OutputOptions

    func show(_ text: String, _ notCarried: [NotCarried]) throws {
        if let to { try WholeFile.write(text, to: to) }
        if output.output == .json {
            let result = ContractExchange(
                format: format, file: file, text: to == nil ? text : nil, notCarried: notCarried)
            return try output.print(result) { _ in "" }
        }
        if to == nil { Console().say(text.hasSuffix("\n") ? String(text.dropLast()) : text) }
        guard !notCarried.isEmpty else { return }
        let style = Terminal.of(descriptor: 2).style
        var lines = [style("Not carried over (\(notCarried.count)):", .warning)]
        lines += notCarried.map {
            "  \(Cell.visible($0.at)): \(Cell.visible($0.what)) \(style("– \(Cell.visible($0.why))", .faint))"
        }
        FileHandle.standardError.write(Data((lines.joined(separator: "\n") + "\n").utf8))
    }
}
