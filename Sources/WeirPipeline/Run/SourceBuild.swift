import WeirConnect
import WeirCore
import WeirEngine

/// Loads one source.
struct SourceBuild {
    let context: NodeContext
    let source: SourceDefinition

    func run(on connection: isolated Connection) throws -> NodeResult {
        try context.project.withoutSecrets { try load(on: connection) }
    }

    private func load(on connection: isolated Connection) throws -> NodeResult {
        let known = context.fullRefresh ? nil : context.checkpoint
        let loaded = known == nil ? [] : try CheckpointStore.loadedFiles(of: context.target, on: connection)
        let input = try SourceInspector(project: context.project, source: source, checkpoint: known, loaded: loaded)
            .inspect(on: connection)
        if let known, source.load.strategy != .replace, !input.allFiles.isEmpty, input.files.isEmpty {
            return unchanged("all \(input.allFiles.count) files are loaded", known)
        }
        var result: NodeResult?
        func take(_ step: NodeResult) -> Bool {
            result = result.map { $0.followed(by: step) } ?? step
            return step.status == .published
        }
        if case .database(let reader) = source.origin, let batch = source.load.batch,
            let start = try cursor(input, on: connection) ?? beginning(input)
        {
            let pieces = WatermarkPieces(relation: input.relation ?? reader.relation, size: batch)
            let build = unwatched
            var rest: Cursor? = start
            while let open = rest {
                let piece = try connection.transaction { try pieces.first(of: open, on: $0) }
                let step = try build.following(result, on: connection).loadPiece(input, cursor: piece, on: connection)
                rest = take(step) ? pieces.rest(after: piece) : nil
            }
        } else {
            let cursor = try cursor(input, on: connection)
            let pieces = SourcePieces.divide(input, load: source.load)
            let build = pieces.count > 1 ? unwatched : self
            for piece in pieces {
                let step = try build.following(result, on: connection).loadPiece(piece, cursor: cursor, on: connection)
                if !take(step) { break }
            }
        }
        return result ?? unchanged("there is nothing to read", known)
    }

    /// A piece of a load is not to be compared with whole ones.
    private var unwatched: SourceBuild {
        var context = context
        context.watch = nil
        return SourceBuild(context: context, source: source)
    }

    /// The build of the next piece: it meets what the one before has published.
    private func following(_ result: NodeResult?, on connection: isolated Connection) throws -> SourceBuild {
        try connection.checkCancelled()
        if result == nil { return self }
        var context = context
        context.fullRefresh = false
        context.mayExist = true
        context.mayHoldRows = true
        context.checkpoint = try CheckpointStore.read(context.target, on: connection)
        return SourceBuild(context: context, source: source)
    }

    private func loadPiece(
        _ input: SourceInput, cursor: Cursor?, on connection: isolated Connection
    ) throws -> NodeResult {
        let isAnew = context.fullRefresh || context.checkpoint == nil
        let stager = SourceStager(
            source: source, input: input, target: context.target, cursor: cursor,
            root: context.project.root, typesAreSettled: !isAnew && source.load.schema != .evolve,
            isPublished: !isAnew)
        let staged = try stager.stage(on: connection)
        let build = NodeBuild(
            context: context, load: source.load, publishing: publishing(isAnew: isAnew && context.fullRefresh),
            clearing: clears(input, isAnew: isAnew) ? .everything : .same)
        return try build.finish(
            staged,
            position: { connection in
                try position(input, staged, cursor: cursor, isAnew: isAnew, on: connection)
            }, on: connection)
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
        guard case .database(let reader) = source.origin, !context.fullRefresh,
            let from = context.checkpoint?.watermark, var cursor = beginning(input)
        else { return nil }
        cursor.from = from
        cursor.lookback = source.load.lookback
        if cursor.lookback != nil, !["DATE", "TIMESTAMP"].contains(where: { cursor.type.hasPrefix($0) }) {
            throw WeirError(
                "load.lookback-type",
                "`lookback:` needs a watermark that is a time, and \(cursor.column) is \(cursor.type)",
                hint: "declare its type under `columns:`, or leave `lookback:` out", at: source.place)
        }
        // SQLite's reader of queries keeps what it prepared for the transaction, and one statement alone ends its own
        // between preparing and running.
        let highest = try connection.transaction { connection in
            try connection.query(
                """
                SELECT max(\(cursor.expression)), max(\(cursor.expression)) < \(cursor.value(from))
                FROM \(input.relation ?? reader.relation)
                """
            ).first ?? []
        }
        if highest.last == .bool(true) {
            throw WeirError(
                "load.watermark-backwards",
                "the watermark of \(source.name) went backwards: \(cursor.column) now ends at \(highest[0].display), and rows up to \(from) were loaded",
                hint:
                    "was the source restored from a backup? compare it with the table, then load again with --full-refresh",
                at: source.place, outcome: .gateFailed)
        }
        return cursor
    }

    /// Everything, from the lowest watermark on; nil without a watermark.
    private func beginning(_ input: SourceInput) -> Cursor? {
        guard let column = source.load.watermark,
            let type = input.columns.first(where: { $0.name.lowercased() == column.lowercased() })?.type
        else { return nil }
        var cursor = Cursor(column: column, from: nil, type: type)
        cursor.isCast = input.readerTypes[column.lowercased()].map { $0 != type } ?? false
        return cursor
    }

    private func position(
        _ input: SourceInput, _ staged: StagedRows, cursor: Cursor?, isAnew: Bool, on connection: isolated Connection
    ) throws -> NodeBuild.Position {
        var position = NodeBuild.Position(version: "")
        // Files that went away are forgotten where their rows are deleted.
        position.startsAnew = isAnew || source.load.deleteMissing
        if let column = source.load.watermark {
            position.watermark = try Watermark.highest(
                column, in: staged, since: [isAnew ? nil : context.checkpoint?.watermark, cursor?.upTo], on: connection)
        }
        if source.load.strategy == .replace {
            if let version = input.version {
                position.version = Fingerprint.of(
                    [context.node.fingerprint, version, context.node.contractMark].compactMap(\.self))
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
}

/// The highest value of a watermark column.
enum Watermark {
    /// Over the staged rows and what was read before.
    static func highest(
        _ column: String, in staged: StagedRows, since: [String?], on connection: isolated Connection
    ) throws -> String? {
        guard let type = staged.columns.first(where: { $0.name.lowercased() == column.lowercased() })?.type else {
            return since.compactMap(\.self).last
        }
        let values =
            ["max(\(SQL.quote(column)))"] + since.compactMap(\.self).map { "CAST(\(SQL.literal($0)) AS \(type))" } + [
                "NULL"
            ]
        return try connection.query(
            "SELECT greatest(\(values.joined(separator: ", ")))::VARCHAR FROM \(staged.table.sql)"
        )
        .scalar.text
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
