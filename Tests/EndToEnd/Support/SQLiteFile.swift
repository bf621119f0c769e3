import Foundation

/// SQLite as its own shell sees it. DuckDB declares the columns of tables that it makes there in its own way.
enum SQLiteFile {
    static func execute(_ statements: [String], at path: String) throws {
        let script = path + ".sql"
        try Data(statements.joined(separator: ";\n").utf8).write(to: URL(fileURLWithPath: script))
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = [
            "python3", "-c",
            "import sqlite3, sys; d = sqlite3.connect(sys.argv[1]); d.executescript(open(sys.argv[2], encoding='utf-8').read()); d.commit()",
            path, script,
        ]
        try python.run()
        python.waitUntilExit()
        if python.terminationStatus != 0 { throw CocoaError(.fileWriteUnknown) }
    }
}
