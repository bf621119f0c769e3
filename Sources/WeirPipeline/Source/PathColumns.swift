import WeirConnect
import WeirCore
import WeirEngine

/// Columns that come from folders named key=value: whether they are clear, before anything is read.
struct PathColumns {
    let source: SourceDefinition
    let files: [InputFile]

    /// The folders of a path that are named key=value, in its order.
    static func folders(of path: String) -> [String] {
        path.split(separator: "/").dropLast().filter { $0.contains("=") }.map(String.init)
    }

    /// The values that a path gives, in its order.
    static func values(of path: String) -> [(key: String, value: String)] {
        folders(of: path).compactMap { part in
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { return nil }
            return (String(pair[0]), pair[1].removingPercentEncoding ?? String(pair[1]))
        }
    }

    /// - Throws: `source.no-partitions`, `source.partition-missing` for a file outside of such a folder.
    func checkFolders() throws {
        guard let first = files.first else { return }
        let keys = Self.values(of: first.path).map { $0.key.lowercased() }
        for file in files {
            let own = Set(Self.values(of: file.path).map { $0.key.lowercased() })
            guard own != Set(keys) else { continue }
            let (lacking, other) = own.count < keys.count ? (file, first) : (first, file)
            let missing = Set(keys).symmetricDifference(own).sorted().joined(separator: ", ")
            throw WeirError(
                "source.partition-missing",
                "\(lacking.name) is in no folder that tells \(missing), and \(other.name) is",
                hint: "with `partitions: true` every file needs the same folders named key=value", at: source.place)
        }
        if keys.isEmpty {
            throw WeirError(
                "source.no-partitions", "`partitions: true`, and \(first.name) is in no folder named key=value",
                hint: "leave `partitions:` out, or give the files a path like day=2024-01-31/rows.csv",
                at: source.place)
        }
    }

    /// - Parameter inFiles: what the files themselves have.
    /// - Throws: `source.column-clash` for a column that is in a file and in the path to it: either could be right.
    func checkClash(_ inFiles: [String], of file: InputFile) throws {
        for (key, value) in Self.values(of: file.path)
        where inFiles.contains(where: { $0.lowercased() == key.lowercased() }) {
            throw WeirError(
                "source.column-clash",
                "\(key) is a column of \(file.name), and its folder \(key)=\(value) tells it too",
                hint: "rename one of them, or leave `partitions: true` out to read what the files say",
                at: source.place,
                outcome: .gateFailed)
        }
    }

    /// - Parameter columns: with the types that they are to have.
    /// - Throws: `source.partition-type` for a folder whose value is not of its column's type.
    func checkTypes(_ columns: [Column], on connection: isolated Connection) throws {
        let types = Dictionary(columns.map { ($0.name.lowercased(), $0.type) }, uniquingKeysWith: { first, _ in first })
        var seen = Set<String>()
        for file in files {
            for (key, value) in Self.values(of: file.path) where seen.insert("\(key)=\(value)").inserted {
                // Hive's word for NULL.
                guard let type = types[key.lowercased()], value != "__HIVE_DEFAULT_PARTITION__" else { continue }
                let misfit = Misfit.condition("v", given: "VARCHAR", type: type)
                let rows = try connection.query(
                    "SELECT \(misfit) FROM (SELECT CAST(? AS VARCHAR) AS v)", [.text(value)])
                guard rows.scalar.bool == true else { continue }
                throw WeirError(
                    "source.partition-type", "the folder \(key)=\(value) of \(file.name) is no \(type)",
                    hint: "declare another type for \(key) under `columns:`, or rename the folder", at: source.place,
                    outcome: .gateFailed)
            }
        }
    }
}
