import ArgumentParser
import Foundation
import WeirCore
import WeirPipeline
import WeirQuality

struct ProfileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Show what is in a file, a glob, a table or a query, and what stands out.",
        discussion: """
            weir profile data/orders.csv
            weir profile mart.delays --html delays.html
            weir profile "SELECT * FROM raw.orders WHERE country = 'DE'" --columns amount,status
            """)

    @Argument(help: "A file, a glob, schema.table or a SELECT.")
    var target: String

    @Option(name: .long, help: ArgumentHelp("Only these columns, with commas between.", valueName: "names"))
    var columns: String?

    @Option(name: .customLong("where"), help: ArgumentHelp("Only the rows for which this is true.", valueName: "sql"))
    var filter: String?

    @Option(name: .long, help: ArgumentHelp("Look at so many rows, chosen at random.", valueName: "rows"))
    var sample: Int?

    @Option(name: .long, help: ArgumentHelp("Look at as many rows as fit in this time, like 10s.", valueName: "time"))
    var budget: String?

    @Option(
        name: .long, help: ArgumentHelp("A second file, table or query to stand beside the first.", valueName: "target")
    )
    var against: String?

    @Option(name: .long, help: ArgumentHelp("Write a page of its own to this file.", valueName: "file"))
    var html: String?

    @Option(name: .long, help: ArgumentHelp("Environment of weir.yaml whose warehouse is asked.", valueName: "name"))
    var env: String?

    @Option(
        name: .long, help: ArgumentHelp("Memory that the work may take, like 1GB; beyond it, disk.", valueName: "size"))
    var memoryLimit: String?

    @OptionGroup var options: ProjectOptions

    func validate() throws {
        if let sample, sample < 1 { throw ValidationError("--sample takes a number of rows") }
        if sample != nil, budget != nil { throw ValidationError("give --sample or --budget") }
    }

    func run() async throws {
        let progress = Progress(on: Terminal.of(descriptor: 2))
        var wanted = Profiler.Options()
        wanted.columns = columns?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } ?? []
        wanted.filter = filter
        wanted.sample = sample
        wanted.budget = try budget.map(Self.seconds)
        wanted.progress = { text in Task { await progress.update(text) } }
        let profile = try await profile(target, wanted)
        let other = if let against { Optional(try await self.profile(against, wanted)) } else { DataProfile?.none }
        await progress.clear()
        if let html {
            let page = ProfilePage(profile: profile, other: other).html
            do { try Data(page.utf8).write(to: URL(fileURLWithPath: html), options: .atomic) } catch {
                throw WeirError("system.cannot-write", "\(html) cannot be written", outcome: .systemFailed)
            }
        }
        if let other {
            let pair = ProfilePair(first: profile, second: other)
            try options.output.print(pair) { ProfileText.render(pair, on: $0) }
        } else {
            try options.output.print(profile) { ProfileText.render(profile, on: $0) }
        }
        if let html, options.output.output == .text {
            FileHandle.standardError.write(Data("The page is in \(html)\n".utf8))
        }
    }

    private func profile(_ target: String, _ wanted: Profiler.Options) async throws -> DataProfile {
        let here = FileManager.default.currentDirectoryPath
        var run = ProfileRun(target: target, options: wanted, project: try await project(), folder: here)
        run.environment = env
        run.memoryLimit = memoryLimit
        return try await run.run()
    }

    /// Files need no project; one that is there but broken must not keep anybody from looking at a file.
    private func project() async throws -> Project? {
        guard case .files = try ProfileTarget(target, in: FileManager.default.currentDirectoryPath) else {
            do { return try await options.load() } catch let error as WeirError where error.code == "project.not-found"
            {
                return nil
            }
        }
        return try? await options.load()
    }

    private static func seconds(_ text: String) throws -> Double {
        let number = Double(text.prefix { $0.isNumber || $0 == "." })
        let unit = text.drop { $0.isNumber || $0 == "." }.trimmingCharacters(in: .whitespaces)
        let factor: [String: Double] = ["": 1, "s": 1, "ms": 0.001, "m": 60, "min": 60]
        guard let number, number > 0, let scale = factor[unit] else {
            throw ValidationError("--budget takes a time like 10s or 2min, not \"\(text)\"")
        }
        return number * scale
    }
}
