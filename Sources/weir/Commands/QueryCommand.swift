import ArgumentParser
import Foundation
import WeirConnect
import WeirCore
import WeirEngine
import WeirPipeline

struct QueryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query", abstract: "Ask the warehouse with SQL. Reads only.")

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv, parquet }

    @Option(name: .long, help: ArgumentHelp("The project's folder, or one inside it.", valueName: "dir"))
    var project: String = "."

    @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml whose warehouse is asked.", valueName: "name"))
    var env: String?

    @Option(name: .shortAndLong, help: "table, json, csv or parquet.")
    var output: Format = .table

    @Option(name: .long, help: ArgumentHelp("Write the rows to this file instead of printing them.", valueName: "path"))
    var to: String?

    @Option(name: .long, help: ArgumentHelp("Read the SQL from this file.", valueName: "path"))
    var file: String?

    @Option(name: .long, help: "Most rows that a table shows; 0 shows all.")
    var limit: Int = 100

    @Argument(help: "The SQL.")
    var sql: String?

    func validate() throws {
        if (sql == nil) == (file == nil) { throw ValidationError("give the SQL, or a file of it with --file") }
        if output == .parquet, to == nil { throw ValidationError("parquet needs --to, the file to write") }
    }

    func run() async throws {
        var text = sql ?? ""
        if let file {
            guard let content = try? String(contentsOfFile: file, encoding: .utf8) else {
                throw WeirError("query.unreadable", "\(file) cannot be read", at: Place(file: file))
            }
            text = content
        }
        let root = try ProjectLoader.findRoot(
            from: URL(
                fileURLWithPath: project, relativeTo: URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
            ).path)
        let loaded = try ProjectLoader.load(root: root)
        let query = WarehouseQuery(project: loaded, environment: env)
        if let to {
            let rows = try await query.export(text, to: to, format: .init(rawValue: output.rawValue) ?? .csv)
            FileHandle.standardError.write(Data("\(Figures.count(rows)) rows written to \(to)\n".utf8))
            return
        }
        let terminal = Terminal.of(descriptor: 1)
        switch output {
        case .table:
            print(
                QueryText.table(
                    try await query.rows(text, limit: limit == 0 ? nil : limit + 1), limit: limit, on: terminal))
        case .json: print(try QueryText.json(try await query.rows(text, limit: nil)))
        default: try await query.printCSV(text)
        }
    }
}

/// Rows for people and programs.
enum QueryText {
    static func table(_ rows: Rows, limit: Int, on terminal: Terminal) -> String {
        var table = TextTable(rows.columns.map(\.name))
        let all = rows.map { $0 }
        let shown = limit == 0 ? all[...] : all.prefix(limit)
        for row in shown {
            table.add(row.map { $0.isNull ? TextTable.Item("NULL", .faint) : TextTable.Item($0.display) })
        }
        let more = all.count > shown.count ? "\n(the first \(Figures.count(limit)) rows; --limit 0 shows all)" : ""
        return table.render(on: terminal) + more
    }

    /// A list of objects, one a row.
    static func json(_ rows: Rows) throws -> String {
        let names = rows.columns.map(\.name)
        let items = rows.map { row in
            JSONValue.object(Dictionary(zip(names, row.map(JSONValue.init)), uniquingKeysWith: { first, _ in first }))
        }
        return try JSONOutput.pretty(JSONValue.array(items))
    }
}

extension JSONValue {
    /// Integers up to 64 bits are numbers; larger ones, decimals and everything else without a JSON type are texts.
    init(_ value: WeirEngine.Value) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .int(value)
        case .double(let value) where value.isFinite: self = .double(value)
        case .list(let items): self = .array(items.map(JSONValue.init))
        case .structure(let members):
            self = .object(
                Dictionary(members.map { ($0.name, JSONValue($0.value)) }, uniquingKeysWith: { first, _ in first }))
        default: self = value.int.map { .int($0) } ?? .string(value.display)
        }
    }
}
