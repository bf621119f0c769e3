import GRDB

@testable import WeirStore

/// A state file as the first version of Weir wrote it.
enum OldStateFile {
    static func write(to path: String) throws {
        let queue = try DatabaseQueue(path: path)
        try Migration.run(Array(Migration.all.prefix(1)), on: queue)
        try queue.write {
            try $0.execute(sql: "INSERT INTO metrics (name, node, value, at_ms) VALUES ('rows', '', 4, 0)")
        }
        try queue.close()
    }
}
