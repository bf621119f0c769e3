import Foundation
import WeirAI
import WeirConnect
import WeirCore
import WeirEngine

/// Checks that everything a run needs is there. Changes nothing.
public enum Doctor {
    /// - Parameter path: the project's folder, or one inside it. Where there is no project, the installation is
    ///   still checked.
    public static func examine(
        _ path: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) async -> Diagnosis {
        var diagnosis = Diagnosis()
        diagnosis.ok("weir", "version \(Weir.version), \(Bundle.main.executablePath ?? "unknown path")")
        let project = loadProject(path, environment, &diagnosis)
        let hasEngine = await EngineCheckup(project: project).run(&diagnosis)
        guard let project else { return diagnosis }
        RuntimeCheckup(project: project).run(&diagnosis, environment)
        DiskCheckup(project: project).run(&diagnosis)
        let holder = LockCheckup(project: project).run(&diagnosis)
        await StateCheckup(project: project).run(&diagnosis)
        guard hasEngine else { return diagnosis }
        await WarehouseCheckup(project: project, lockHolder: holder).run(&diagnosis)
        await ConnectionCheckup(project: project).run(&diagnosis)
        return diagnosis
    }

    private static func loadProject(
        _ path: String, _ environment: [String: String], _ diagnosis: inout Diagnosis
    ) -> Project? {
        do {
            let project = try ProjectLoader.load(root: try ProjectLoader.findRoot(from: path), environment: environment)
            diagnosis.ok(
                "project",
                "\(project.name) in \(project.root): \(Figures.count(Int64(project.sources.count), "source")), "
                    + "\(Figures.count(Int64(project.models.count), "model")), \(Figures.count(Int64(project.contracts.count), "contract"))"
            )
            return project
        } catch {
            let known = WeirError.wrapping(error)
            for cause in known.causes.isEmpty ? [known] : known.causes { diagnosis.fail("project", cause) }
            return nil
        }
    }
}

/// DuckDB's library and its extensions.
struct EngineCheckup {
    let project: Project?

    /// Returns false when there is no engine, so that nothing that needs it can be looked at.
    func run(_ diagnosis: inout Diagnosis) async -> Bool {
        let database: Database
        do {
            database = try await Database.open()
            diagnosis.ok("engine", "DuckDB \(try Database.libraryVersion()) from \(try Database.libraryPath())")
        } catch {
            diagnosis.fail("engine", error)
            return false
        }
        let needed = needed()
        var loaded: [String] = []
        for name in ["json", "icu", "httpfs", "excel", "avro", "sqlite_scanner", "postgres_scanner", "mysql_scanner"] {
            do {
                try await database.withConnection { try await $0.load(extension: name) }
                loaded.append(name)
            } catch {
                let advice = WeirError.wrapping(error).hint
                let detail =
                    WeirError.wrapping(error).message.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
                if needed.contains(name) {
                    diagnosis.fail("extension \(name)", detail, advice)
                } else {
                    diagnosis.warn("extension \(name)", "not found; this project does not need it", advice)
                }
            }
        }
        if !loaded.isEmpty { diagnosis.ok("extensions", loaded.joined(separator: ", ")) }
        return true
    }

    private func needed() -> Set<String> {
        var names: Set<String> = ["json", "icu"]
        for source in project?.sources ?? [] {
            switch source.origin {
            case .files(let origin):
                if let name = origin.format.engineExtension, name != "parquet" { names.insert(name) }
                if origin.patterns.contains(where: { $0.contains("://") }) { names.insert("httpfs") }
            case .database(let reader): names.insert("\(reader.engine)_scanner")
            }
        }
        return names
    }
}

/// The ONNX Runtime, where a model of the project needs one.
struct RuntimeCheckup {
    let project: Project

    func run(_ diagnosis: inout Diagnosis, _ environment: [String: String]) {
        guard project.models.contains(where: { $0.ai?.modelFile != nil }) else { return }
        do {
            let runtime = try OnnxRuntime.shared(environment: environment)
            diagnosis.ok("onnx runtime", "ONNX Runtime \(runtime.version) from \(runtime.path)")
        } catch {
            diagnosis.fail("onnx runtime", error)
        }
    }
}

/// Room and rights on the disk.
struct DiskCheckup {
    let project: Project

    func run(_ diagnosis: inout Diagnosis) {
        let folder = URL(fileURLWithPath: project.warehouse.path).deletingLastPathComponent().path
        if !FileManager.default.isWritableFile(atPath: project.root) {
            diagnosis.fail("disk", "\(project.root) cannot be written", "give this user the right to write there")
            return
        }
        // The folder may not exist before the first run; its nearest parent is on the same disk.
        var place = folder
        while !FileManager.default.fileExists(atPath: place), place != "/" {
            place = URL(fileURLWithPath: place).deletingLastPathComponent().path
        }
        guard let attributes = try? FileManager.default.attributesOfFileSystem(forPath: place),
            let free = (attributes[.systemFreeSize] as? NSNumber)?.int64Value
        else {
            diagnosis.warn("disk", "the free space of \(place) cannot be read", nil)
            return
        }
        let size = size(project.warehouse.path)
        let detail = "\(Figures.bytes(free)) free, the warehouse takes \(Figures.bytes(size))"
        if free < 100_000_000 {
            diagnosis.fail("disk", detail, "free some space: a table is built beside the one it replaces")
        } else if free < max(1_000_000_000, size) {
            diagnosis.warn("disk", detail, "a table is built beside the one it replaces, and large sorts spill to disk")
        } else {
            diagnosis.ok("disk", detail)
        }
    }

    private func size(_ path: String) -> Int64 {
        ((try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? NSNumber)?.int64Value ?? 0
    }
}
