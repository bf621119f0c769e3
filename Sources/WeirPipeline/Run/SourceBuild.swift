import WeirConnect
import WeirCore
import WeirEngine

/// Loads one source.
struct SourceBuild {
    let context: NodeContext
    let source: SourceDefinition

    func run(on connection: isolated Connection) throws -> NodeResult {
        let target = context.target
        let known = context.fullRefresh ? nil : context.checkpoint
        let loaded = known == nil ? [] : try CheckpointStore.loadedFiles(of: target, on: connection)
        var input = try SourceInspector(project: context.project, source: source, checkpoint: known, loaded: loaded)
            .inspect(on: connection)
        if let known, source.load.strategy != .replace, !input.allFiles.isEmpty, input.files.isEmpty {
            return unchanged("all \(input.allFiles.count) files are loaded", known)
        }
        let groups = input.groups
        var result: NodeResult?
        // With `batch:` files are published in pieces, so that a long catch-up keeps what it has done.
        for (index, piece) in pieces(of: input).enumerated() {
            try connection.checkCancelled()
            input.files = piece
            input.groups = regroup(groups, piece)
            let step = try load(
                input, known: known, isFirst: index == 0, isAnew: known == nil && index == 0, on: connection)
            result = result.map { Self.joined($0, step) } ?? step
            if step.status != .published { break }
        }
        return result ?? unchanged("there is nothing to read", known)
    }

    /// The part of the groups that a piece of the files makes.
    private func regroup(_ groups: [SourceInput.Group], _ piece: [InputFile]) -> [SourceInput.Group] {
        let wanted = Set(piece.map(\.path))
        return groups.compactMap { group in
            let files = group.files.filter { wanted.contains($0.path) }
            return files.isEmpty ? nil : SourceInput.Group(header: group.header, files: files)
        }
    }

    /// Files in portions of about `batch` rows, judged by their size; everything at once without `batch:`.
    private func pieces(of input: SourceInput) -> [[InputFile]] {
        guard let batch = source.load.batch, source.load.strategy != .replace, !source.load.deleteMissing,
            input.files.count > 1
        else { return [input.files] }
        let bytesPerRow = 100
        var pieces: [[InputFile]] = [[]]
        var size = 0
        for file in input.files {
            if size > 0, size + file.size > batch * bytesPerRow {
                pieces.append([])
                size = 0
            }
            pieces[pieces.count - 1].append(file)
            size += file.size
        }
        return pieces
    }

    private func load(
        _ input: SourceInput, known: Checkpoint?, isFirst: Bool, isAnew: Bool, on connection: isolated Connection
    ) throws -> NodeResult {
        let target = context.target
        let cursor = try cursor(input, on: connection)
        let stager = SourceStager(
            source: source, input: input, target: target, cursor: cursor, scratch: "\(context.project.stateFolder)/tmp",
            typesAreSettled: known != nil)
        var staged = try stager.stage(on: connection)
        if source.load.strategy == .append, let cursor, try connection.relationKind(target) == .table {
            try AppendStrategy.leaveOutKnown(&staged, target: target, cursor: cursor, on: connection)
        }
        let loaded = staged
        let build = NodeBuild(
            context: context, load: source.load, publishing: publishing(isAnew: isAnew && context.fullRefresh),
            clearing: clears(input, isAnew: isAnew) ? .everything : .same)
        return try build.finish(
            loaded,
            position: { connection in try position(input, loaded, known: known, isAnew: isAnew, on: connection) },
            on: connection)
    }

    private func publishing(isAnew: Bool) -> any Publishing {
        if isAnew { return ReplaceStrategy() }
        return switch source.load.strategy {
        case .append: AppendStrategy()
        case .merge: MergeStrategy()
        default: ReplaceStrategy()
        }
    }

    /// Whether the load read the whole input, so that what it holds back is all there is to hold back.
    private func clears(_ input: SourceInput, isAnew: Bool) -> Bool {
        source.load.strategy == .replace || source.load.deleteMissing || isAnew
            || (input.allFiles.isEmpty && source.load.watermark == nil)
    }

    // MARK: Watermark

    /// Databases are asked for rows from the watermark on; files are read whole, since a file is new or it is not.
    private func cursor(_ input: SourceInput, on connection: isolated Connection) throws -> Cursor? {
        guard case .database(let reader) = source.origin, let column = source.load.watermark, !context.fullRefresh,
            let from = context.checkpoint?.watermark,
            let type = input.columns.first(where: { $0.name.lowercased() == column.lowercased() })?.type
        else { return nil }
        let highest =
            try connection.query(
                "SELECT max(\(SQL.quote(column))), max(\(SQL.quote(column))) < CAST(? AS \(type)) FROM \(reader.relation)",
                [.text(from)]
            ).first ?? []
        if highest.last == .bool(true) {
            throw WeirError(
                "load.watermark-backwards",
                "the watermark of \(source.name) went backwards: \(column) now ends at \(highest[0].display), and rows up to \(from) were loaded",
                hint:
                    "was the source restored from a backup? compare it with the table, then load again with --full-refresh",
                at: source.place, outcome: .gateFailed)
        }
        return Cursor(column: column, from: from, type: type, lookback: source.load.lookback)
    }

    private func position(
        _ input: SourceInput, _ staged: StagedRows, known: Checkpoint?, isAnew: Bool, on connection: isolated Connection
    ) throws -> NodeBuild.Position {
        var position = NodeBuild.Position(version: "")
        // Files that went away are forgotten where their rows are deleted.
        position.startsAnew = isAnew || source.load.deleteMissing
        if let column = source.load.watermark {
            position.watermark = try Watermark.highest(
                column, in: staged, since: isAnew ? nil : context.checkpoint?.watermark, on: connection)
        }
        if source.load.strategy == .replace {
            if let version = input.version {
                position.version = Fingerprint.of([context.node.fingerprint, version])
                position.inputs = [SourceInput.versionKey: version]
            } else {
                position.version = try ContentMark.of(staged.table, columns: staged.columns, on: connection)
            }
        } else {
            position.files = try input.files.map { file in
                LoadedFile(
                    path: file.name, size: file.size, modified: file.modified,
                    hash: file.isLocal ? try Fingerprint.ofFile(at: file.path) : nil)
            }
            let before = isAnew ? "" : try CheckpointStore.read(context.target, on: connection)?.version ?? ""
            let mark =
                input.allFiles.isEmpty
                ? [try ContentMark.of(staged.table, columns: staged.columns, on: connection)]
                : position.files.flatMap { [$0.path, String($0.size), $0.hash ?? $0.modified] }
            position.version = staged.rows == 0 && !before.isEmpty ? before : Fingerprint.of([before] + mark)
        }
        return position
    }

    // MARK: Results

    private func unchanged(_ reason: String, _ known: Checkpoint?) -> NodeResult {
        var result = NodeResult(name: source.name, kind: .source, strategy: source.load.strategy, status: .unchanged)
        result.reason = reason
        result.rows = known?.rows
        result.columns = known?.columns ?? []
        return result
    }

    private static func joined(_ a: NodeResult, _ b: NodeResult) -> NodeResult {
        var sum = b
        sum.balance = a.balance + b.balance
        sum.changes.inserted += a.changes.inserted
        sum.changes.updated += a.changes.updated
        sum.changes.deleted += a.changes.deleted
        sum.notices = a.notices + b.notices.filter { !a.notices.contains($0) }
        return sum
    }
}

/// The highest value of a watermark column.
enum Watermark {
    /// Over the staged rows and what was known before.
    static func highest(
        _ column: String, in staged: StagedRows, since: String?, on connection: isolated Connection
    ) throws -> String? {
        guard let type = staged.columns.first(where: { $0.name.lowercased() == column.lowercased() })?.type else {
            return since
        }
        let before = since.map { "CAST(\(SQL.literal($0)) AS \(type))" } ?? "NULL"
        return try connection.query(
            "SELECT greatest(max(\(SQL.quote(column))), \(before))::VARCHAR FROM \(staged.table.sql)"
        ).scalar.text
    }
}

/// A mark of a table's rows, regardless of their order, for inputs that do not tell whether they changed.
enum ContentMark {
    static func of(_ table: TableName, columns: [Column], on connection: isolated Connection) throws -> String {
        let row =
            try connection.query("SELECT count(*), bit_xor(hash(t)), sum(hash(t)::HUGEINT) FROM \(table.sql) t").first
            ?? []
        return Fingerprint.of(columns.flatMap { [$0.name, $0.type] } + row.map(\.display))
    }
}
