import Foundation

/// The JSON of `weir diff`, as far as the tests read it.
struct DiffReport: Decodable, Sendable {
    struct Side: Decodable, Sendable {
        let target: String
        let engine: String
        let rows: Int
        let unreadableRows: Int
        let nullKeys: Int
        let duplicateKeys: Int
        let duplicateRows: Int
    }

    struct Key: Decodable, Sendable {
        let columns: [String]
        let origin: String
    }

    struct Rows: Decodable, Sendable, Equatable {
        let same: Int
        let added: Int
        let removed: Int
        let changed: Int
    }

    struct Column: Decodable, Sendable {
        let name: String
        let changed: Int
    }

    struct Named: Decodable, Sendable { let name: String }

    struct Cell: Decodable, Sendable {
        let column: String
        let value: String?
    }

    struct Change: Decodable, Sendable {
        let column: String
        let a: String?
        let b: String?
    }

    struct Changed: Decodable, Sendable {
        let key: [Cell]
        let changes: [Change]
    }

    struct Samples: Decodable, Sendable {
        let added: [[Cell]]
        let removed: [[Cell]]
        let changed: [Changed]
    }

    struct Moved: Decodable, Sendable {
        let bytes: Int
        let rows: Int
        let segments: Int
        let differingSegments: Int
    }

    let a: Side
    let b: Side
    let key: Key
    let method: String
    let isSame: Bool
    let rows: Rows
    let columns: [Column]
    let onlyInA: [Named]
    let onlyInB: [Named]
    let types: [Named]
    let samples: Samples
    let moved: Moved?
}

extension Invocation {
    /// What `weir diff -o json` found.
    var diff: DiffReport {
        get throws { try JSONDecoder.snake.decode(DiffReport.self, from: Data(out.utf8)) }
    }
}
