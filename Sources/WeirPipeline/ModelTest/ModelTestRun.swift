import WeirCore
import WeirEngine

/// Runs one test: the model's real SQL over the given rows, in a catalog in memory of its own.
struct ModelTestRun: Sendable {
    let file: ModelTestFile
    let test: ModelTest
    let model: ModelDefinition
    let catalog: TestCatalog
    let project: Project

    /// - Throws: only when the task is cancelled. Everything else is part of the result.
    func run(in scratch: TestScratch) async throws -> ModelTestResult {
        let started = ContinuousClock.now
        var result = ModelTestResult(
            name: test.name, model: model.name, file: file.path, line: test.line, status: .passed)
        do {
            result = try await scratch.use { [result] connection in
                var result = result
                try judge(&result, on: connection)
                return result
            }
        } catch is CancellationError {
            throw CancellationError()
        } catch let mistake as TestMistake {
            result.status = .invalid
            result.errors = mistake.errors
        } catch {
            result.status = .failed
            result.errors = [WeirError.wrapping(error)]
        }
        result.milliseconds = Int((ContinuousClock.now - started).milliseconds)
        return result
    }

    private func judge(_ result: inout ModelTestResult, on connection: isolated Connection) throws {
        try makeInputs(on: connection)
        var output: [Column]
        var held: [GivenAnswers.Held] = []
        do {
            output = try runModel(on: connection)
            if let answers = try answers(output, on: connection) {
                held = try answers.apply(to: Self.actualName, on: connection)
                output = Array(try connection.columns(of: "SELECT * FROM \(Self.actual)").dropFirst())
            }
        } catch let error as WeirError {
            return judge(error, &result)
        }
        switch test.expect {
        case .error(let text, _):
            if held.contains(where: { $0.reason.lowercased().contains(text.lowercased()) }) { return }
            let rows = Int(try connection.query("SELECT count(*) FROM \(Self.actual)").scalar.int ?? 0)
            result.status = .failed
            result.message =
                "expected the error \"\(text)\", and the model returned \(Figures.count(Int64(rows), "row"))"
                + Self.told(held)
        case .rows(let expectation):
            let expected = try TestRowTable.load(expectation.rows, of: file, as: "expected", on: connection)
            let comparison = RowComparison(
                expected: expected, expectation: expectation, output: output, actual: Self.actual)
            let diff = try comparison.diff(on: connection)
            guard !diff.isEmpty else { return }
            result.status = .failed
            result.diff = diff
            if !held.isEmpty { result.message = "the rows differ\(Self.told(held))" }
        }
    }

    private static func told(_ held: [GivenAnswers.Held]) -> String {
        if held.isEmpty { return "" }
        let shown = held.prefix(3).map { "\($0.row): \($0.reason)" } + (held.count > 3 ? ["…"] : [])
        return "; \(Figures.count(Int64(held.count), "row")) held back: \(shown.joined(separator: "; "))"
    }

    private func judge(_ error: WeirError, _ result: inout ModelTestResult) {
        result.errors = [error]
        guard case .error(let text, _) = test.expect else {
            result.status = .failed
            return
        }
        let said = ([error.code, error.message] + error.causes.flatMap { [$0.code, $0.message] }).map {
            $0.lowercased()
        }
        if said.contains(where: { $0.contains(text.lowercased()) }) {
            result.errors = []
        } else {
            result.status = .failed
            result.message = "expected the error \"\(text)\", and another came"
        }
    }

    // MARK: Inputs

    private func makeInputs(on connection: isolated Connection) throws {
        var mistakes: [WeirError] = []
        var shadow = ShadowCatalog()
        for (number, name) in (catalog.graph[model.name]?.inputs ?? []).enumerated() {
            let shape = catalog[name]
            guard let rows = test.given[name.key] else {
                if shape.columns.isEmpty { mistakes.append(unknownShape(name, rows: nil)) }
                try shadow.add(name, columns: shape.columns, on: connection)
                continue
            }
            do {
                let table = try TestRowTable.load(rows, of: file, as: "given_\(number)", on: connection)
                mistakes += try fill(name, shape, table, &shadow, on: connection)
            } catch let error as WeirError where error.code.hasPrefix("test.") {
                mistakes.append(error)
            }
        }
        if !mistakes.isEmpty { throw TestMistake(errors: mistakes) }
    }

    /// Makes an input and puts the given rows into it, with the input's real types.
    private func fill(
        _ name: TableName, _ shape: TestCatalog.Shape, _ given: TestRowTable, _ shadow: inout ShadowCatalog,
        on connection: isolated Connection
    ) throws -> [WeirError] {
        var columns = shape.columns
        var types: [String] = []
        var mistakes: [WeirError] = []
        for (index, raw) in given.columns.enumerated() {
            if let known = shape.columns.first(where: { $0.name.lowercased() == raw.name.lowercased() }) {
                types.append(known.type)
            } else if shape.isComplete {
                mistakes.append(
                    given.error(
                        "test.unknown-column", "\(name) has no column \"\(raw.name)\"",
                        hint: hint(raw.name, shape), index: index))
                types.append("VARCHAR")
            } else {
                types.append(try given.guessedType(index, on: connection))
                columns.append(Column(name: raw.name, type: types[index]))
            }
        }
        if columns.isEmpty { mistakes.append(unknownShape(name, rows: given.rows)) }
        mistakes += try given.mistakes(types, on: connection)
        guard mistakes.isEmpty else { return mistakes }
        try shadow.add(name, columns: columns, on: connection)
        let row = given.columns.indices.map { given.cast($0, to: types[$0]) }
        // Rows that name no column at all are rows of NULLs.
        let target = given.columns.isEmpty ? [SQL.quote(columns[0].name)] : given.columns.map { SQL.quote($0.name) }
        try connection.execute(
            """
            INSERT INTO \(name.sql) (\(target.joined(separator: ", ")))
            SELECT \(row.isEmpty ? "NULL" : row.joined(separator: ", ")) FROM \(given.table) ORDER BY \(TestRowTable.ordinal)
            """)
        return []
    }

    private func hint(_ name: String, _ shape: TestCatalog.Shape) -> String? {
        if let near = DidYouMean.closest(to: name, among: shape.columns.map(\.name)) {
            return "did you mean \"\(near)\"?"
        }
        if shape.isDeclared {
            return "its data is not here, so only the columns of its contract are known; name this one there"
        }
        return DidYouMean.hint(for: name, among: shape.columns.map(\.name))
    }

    private func unknownShape(_ name: TableName, rows: TestRows?) -> WeirError {
        file.source.error(
            "test.unknown-shape", "the columns of \(name) are not known without its data",
            hint: "give it at least one row, or declare its columns in its source or contract",
            line: rows?.line ?? test.line,
            column: rows?.column)
    }

    // MARK: The model

    private static let actualName = TableName(schema: TestScratch.schema, table: "actual")
    private static let actual = actualName.sql

    /// The AI step, where the test is about its columns too; nil where it is about the SELECT alone.
    private func answers(_ output: [Column], on connection: isolated Connection) throws -> GivenAnswers? {
        guard let step = model.ai else {
            guard let rows = test.answers else { return nil }
            throw TestMistake(errors: [
                file.source.error(
                    "test.no-step", "\(model.name) has no AI step that could be given answers",
                    hint: "leave `answers:` out", line: rows.line, column: rows.column)
            ])
        }
        let resolved = try ResolvedStep(step, of: model, in: project, columns: output)
        var given: TestRowTable?
        if let rows = test.answers {
            given = try TestRowTable.load(rows, of: file, as: "answers", on: connection)
        } else {
            guard case .rows(let expectation) = test.expect, case .cells(let cells) = expectation.rows.content,
                let column = cells.columns.first(where: { column in
                    resolved.shape.fields.contains { $0.name.lowercased() == column.name.lowercased() }
                })
            else { return nil }
            guard GivenAnswers.isFree(resolved.step) else {
                throw TestMistake(errors: [
                    (cells.source ?? file.source).error(
                        "test.no-answers", "\"\(column.name)\" is what the AI step adds, and the test gives no answers",
                        hint: "write them below `answers:`, beside `given:`", line: column.line, column: column.column)
                ])
            }
        }
        return GivenAnswers(
            resolved: resolved, given: given, output: output, key: model.load.key, file: file, test: test)
    }

    private func runModel(on connection: isolated Connection) throws -> [Column] {
        let columns = try OutputColumns.of(model.sql, source: model.text, on: connection)
        do {
            try connection.execute(
                """
                CREATE TABLE \(Self.actual) AS SELECT row_number() OVER () AS \(TestRowTable.ordinal), \(SQL.list(columns.map(\.name)))
                FROM (\n\(model.sql.trimmingStatementEnd)\n)
                """)
        } catch {
            throw placed(SQLErrorMapper.map(error, sql: model.text))
        }
        // A column of untyped NULLs gets its type when it is stored.
        let stored = try connection.columns(of: "SELECT * FROM \(Self.actual)").dropFirst()
        return Array(stored)
    }

    /// Errors of a running statement do not always tell where; the model's file they always belong to.
    private func placed(_ error: any Error) -> any Error {
        guard var known = error as? WeirError, known.place == nil else { return error }
        known.place = model.place
        return known
    }
}
