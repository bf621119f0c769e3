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

    @Option(
        name: [.customShort("o", allowingJoined: true), .long],
        help: "table, json, csv or parquet. Without it: table, or what the name of --to's file says.")
    var output: Format?

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
        if limit < 0 { throw ValidationError("--limit is 0 (all) or more") }
        if to != nil, exportFormat == nil {
            throw ValidationError("a file is csv, json or parquet: say which with -o, or name it so")
        }
    }

    /// The format of the file: the one asked for, else that of its name.
    private var exportFormat: WarehouseQuery.ExportFormat? {
        if let output { return WarehouseQuery.ExportFormat(rawValue: output.rawValue) }
        return WarehouseQuery.ExportFormat(rawValue: URL(fileURLWithPath: to ?? "").pathExtension.lowercased())
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
        if let to, let exportFormat {
            let rows = try await query.export(text, to: to, format: exportFormat)
            FileHandle.standardError.write(Data("\(Figures.count(Int64(rows), "row")) written to \(to)\n".utf8))
            return
        }
        switch output ?? .table {
        case .table:
            let rows = try await query.rows(text, limit: limit == 0 ? nil : limit + 1)
            print(QueryText.table(rows, limit: limit, on: Terminal.of(descriptor: 1)))
        case .json: try await print(query, text, .json)
        case .csv, .parquet: try await print(query, text, .csv)
        }
    }

    private func print(_ query: WarehouseQuery, _ sql: String, _ format: WarehouseQuery.ExportFormat) async throws {
        try await query.print(sql, format: format) { try FileHandle.standardOutput.write(contentsOf: $0) }
    }

    private func print(_ text: String) { Swift.print(text) }
}

/// Rows for people.
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
}
