import Foundation
import WeirConnect
import WeirCore
import WeirEngine

/// Starts a project: a small one that works, or one made from files.
///
/// ```swift
/// let report = try await ProjectInit.fromFiles(["data/*.csv"], in: "/home/ada/shop")
/// print(report.tables.map(\.source))
/// ```
public enum ProjectInit {
    /// Writes the sample project.
    ///
    /// - Parameter folder: absolute path; created where it is missing.
    /// - Throws: `init.exists` when files would be overwritten; then nothing is written.
    public static func sample(in folder: String) throws -> InitReport {
        let files = SampleProject.files(name: projectName(folder))
        let (written, kept) = try NewFiles(root: folder).write(files)
        return InitReport(project: folder, written: written, kept: kept, tables: [], leftOut: [])
    }

    /// Looks at files and writes a project that loads them: a source, a contract and a staging model a table.
    ///
    /// The contracts hold for the very data: they are made from the rows that a run stages.
    ///
    /// - Parameters:
    ///   - patterns: paths, folders, globs or URLs; relative ones are relative to `directory`.
    ///   - folder: absolute path of the project to be.
    /// - Throws: `init.exists`; `init.nothing-readable` when no file could be made a table of.
    public static func fromFiles(
        _ patterns: [String], in folder: String, relativeTo directory: String? = nil,
        progress: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> InitReport {
        let common = SampleProject.common(name: projectName(folder))
        try NewFiles(root: folder).checkFree(common)
        let scratch = "\(folder)/.weir/tmp"
        try FileManager.default.createDirectory(atPath: scratch, withIntermediateDirectories: true)
        defer {
            try? FileManager.default.removeItem(atPath: scratch)
            // Where nothing was written nothing is left, not even an empty folder; a folder with files stays.
            for path in ["\(folder)/.weir", folder] { rmdir(path) }
        }
        // On disk, so that files larger than memory can be looked at.
        var options = Database.Options(path: "\(scratch)/init-\(ProcessIdentity.current).duckdb")
        options.extensions = ["json", "icu"]
        let database = try await Database.open(options)
        let wanted = patterns.map { absolute($0, directory ?? FileManager.default.currentDirectoryPath) }
        let survey = try await database.withConnection { connection in
            try await connection.perform { connection in
                try connection.execute("SET TimeZone = 'UTC'")
                return try FileSurvey(root: folder, progress: progress).survey(wanted, on: connection)
            }
        }
        guard !survey.tables.isEmpty else {
            throw WeirError.gathering(
                "init.nothing-readable", { _ in "none of the files can be made a table of" }, survey.leftOut)
        }
        let tables = survey.tables.map { TableFiles(table: $0, sql: survey.sql) }
        let (written, kept) = try NewFiles(root: folder).write(common + tables.flatMap(\.files))
        return InitReport(
            project: folder, written: written, kept: kept, tables: tables.map(\.found), leftOut: survey.leftOut)
    }

    static func projectName(_ folder: String) -> String {
        TidyName.of(URL(fileURLWithPath: folder).lastPathComponent, fallback: "project")
    }

    /// A folder stands for the files in it.
    private static func absolute(_ pattern: String, _ directory: String) -> String {
        if pattern.contains("://") { return pattern }
        let path = pattern.hasPrefix("/") ? pattern : "\(directory)/\(pattern)"
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        let clean = URL(fileURLWithPath: path).standardizedFileURL.path
        return exists && isFolder.boolValue ? clean + "/*" : clean
    }
}

extension TableFiles {
    fileprivate var found: InitReport.FoundTable {
        InitReport.FoundTable(
            source: table.name.description, model: model.description, files: table.fileCount, rows: table.profile.rows,
            malformed: table.malformed, columns: table.profile.columns.count, key: contract.primaryKey,
            rules: contract.rules.count, notes: table.notes)
    }
}
