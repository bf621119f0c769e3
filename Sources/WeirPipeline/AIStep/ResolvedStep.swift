import Foundation
import WeirAI
import WeirCore
import WeirEngine
import WeirQuality

/// An AI step with the columns of its SELECT and the contract of its answers: everything but the rows.
struct ResolvedStep: Sendable {
    let step: AIStep
    /// The table that it is a step of.
    let table: TableName
    let shape: AnswerShape
    /// Columns that the model is given, as the SELECT names them.
    let inputs: [Column]
    /// Columns that hold pictures.
    let images: [Column]
    let root: String
    /// A mark of everything that decides an answer but the row. A change asks for all rows anew.
    let recipe: String

    /// How questions are put. Counted up when a change to it should have all rows asked anew.
    private static let generation = "1"

    /// - Parameter columns: what the SELECT returns.
    /// - Throws: `ai.unknown-column` and its kin, all at once, placed in the header or the prompt.
    init(_ step: AIStep, of model: ModelDefinition, in project: Project, columns: [Column]) throws {
        let step = step.settled(by: project.ai)
        self.step = step
        table = model.name
        root = project.root
        let output = try Self.output(step, in: project)
        shape = try AnswerShape(step, output: output)
        let problems = Problems()
        let finder = ColumnFinder(columns: columns, table: model.name, problems: problems)
        let prompted = step.prompt?.columns ?? []
        let named = step.input.map { ($0, step.places["input"] ?? step.place) }
        images = step.images.compactMap { finder.find($0, at: step.places["images"] ?? step.place) }
        var wanted = (prompted + named).compactMap { finder.find($0.0, at: $0.1) }
        if prompted.isEmpty, step.input.isEmpty, step.task != .image {
            let keys = Set(model.load.key.map { $0.lowercased() })
            wanted = columns.filter { !keys.contains($0.name.lowercased()) }
            if step.task == .embed || step.task == .chunk { wanted = wanted.filter { $0.type == "VARCHAR" } }
        }
        let pictures = Set(images.map { $0.name.lowercased() })
        var seen = pictures
        inputs = wanted.filter { seen.insert($0.name.lowercased()).inserted }
        for field in shape.fields where columns.contains(where: { $0.name.lowercased() == field.name.lowercased() }) {
            problems.add(
                WeirError(
                    "sql.duplicate-column", "\(model.name) returns a column \"\(field.name)\", and so do the answers",
                    hint: "rename one of them", at: step.places["column"] ?? step.places["output"] ?? step.place))
        }
        if inputs.isEmpty, images.isEmpty {
            problems.add(
                WeirError(
                    "ai.no-input", "\(model.name) returns no column that the model could be given",
                    hint: "name one in the prompt as {{column}}, or under `input:`", at: step.place))
        }
        if step.task == .embed || step.task == .chunk || step.labelsTexts, inputs.count > 1 {
            problems.add(
                WeirError(
                    "ai.no-input",
                    "it works on one text, and \(inputs.map(\.name).joined(separator: ", ")) are several",
                    hint: "name one under `input:`, or put them together in SQL", at: step.place))
        }
        try problems.throwIfAny("plan.invalid") { "\(model.name) has \($0) mistakes" }
        recipe = Fingerprint.of(Self.parts(of: step, shape))
    }

    /// What a step adds to the fingerprint of its model: what it may spend and how fast it goes does not count.
    static func definition(of step: AIStep, output: TableContract?, settings: AISettings?) throws -> [String] {
        let step = step.settled(by: settings)
        return try parts(of: step, AnswerShape(step, output: output)) + step.input + ["images"] + step.images
    }

    static func output(_ step: AIStep, in project: Project) throws -> TableContract? {
        guard let path = step.output else { return nil }
        guard let contract = project.contracts[path], let table = contract.tables.first else {
            throw WeirError(
                "ai.bad-output", "the contract \(path) has no schema to take fields from",
                at: step.places["output"] ?? step.place)
        }
        return table
    }

    private static func parts(of step: AIStep, _ shape: AnswerShape) -> [String] {
        let fields = shape.fields.flatMap { [$0.name, $0.type, $0.schema.line, $0.words] }
        return [generation, step.task.rawValue, step.model, step.prompt?.text ?? "", step.url ?? ""] + fields
            + shape.rules.map { "\($0.kind) \($0.columns)" }
            + [
                step.temperature.map { "\($0)" } ?? "", step.effort?.rawValue ?? "",
                step.maxTokens.map { "\($0)" } ?? "", step.dimensions.map { "\($0)" } ?? "",
                step.task == .chunk ? "\(step.chunking.limit) \(step.chunking.overlap)" : "",
            ]
            // Only where there is one: the marks of all other steps stay as they were.
            + (step.modelFile.map { [$0.digest] } ?? [])
    }

    // MARK: SQL

    /// The mark of a row's question, over the alias `s`; NULL for a row that has nothing to ask about.
    ///
    /// - Parameter pictures: SQL for the state of the file that a path names, by the picture column's position.
    func hash(pictures: (Int) -> String) -> String {
        let members = inputs.map { "\(SQL.literal($0.name)), s.\(SQL.quote($0.name))" }
        let files = images.enumerated().map { index, column in
            "\(SQL.literal("image \(column.name)")), [\(text(of: column)), \(column.type == "BLOB" ? "''" : pictures(index))]"
        }
        let isBlank = (inputs + images).map { "nullif(trim(s.\(SQL.quote($0.name))::VARCHAR), '')" }
        return """
            CASE WHEN coalesce(\(isBlank.joined(separator: ", "))) IS NOT NULL THEN
            left(sha256(\(SQL.literal(recipe)) || json_object(\((members + files).joined(separator: ", ")))::VARCHAR), 40) END
            """
    }

    private func text(of column: Column) -> String {
        let value = "s.\(SQL.quote(column.name))"
        return column.type == "BLOB" ? "sha256(\(value))" : "\(value)::VARCHAR"
    }

    /// The columns that are read of a row, over the alias `s`, in the order of ``inputs`` and ``images``.
    var selected: String {
        let values = inputs.map { column in
            let value = "s.\(SQL.quote(column.name))"
            if step.task == .predict, !step.labelsTexts { return value }
            return column.isNested
                ? "to_json(\(value))::VARCHAR" : "\(value)::VARCHAR"
        }
        let pictures = images.map { $0.type == "BLOB" ? "s.\(SQL.quote($0.name))" : "s.\(SQL.quote($0.name))::VARCHAR" }
        return (values + pictures).joined(separator: ", ")
    }

    /// The columns of an answer, over the alias `a` of the kept answers.
    var answered: String {
        shape.fields.map { field in
            let name = SQL.quote(field.name)
            if shape.isVector { return "a.vector::\(field.type) AS \(name)" }
            let column = Column(name: field.name, type: field.type)
            return "\(AnswerSQL(column: column, document: "a.answer").value) AS \(name)"
        }.joined(separator: ", ")
    }
}

/// One field of an answer in SQL.
struct AnswerSQL {
    /// What the field fills.
    let column: Column
    /// SQL for the answer's JSON.
    let document: String

    private var path: String { SQL.jsonPath(to: column.name) }

    /// The member as a text; NULL where it is missing or null.
    var text: String { "json_extract_string(\(document), \(path))" }

    var value: String {
        // TRY_CAST would leave NULL for what does not fit inside of an object.
        let inner = "nullif(json_extract(\(document), \(path))::VARCHAR, 'null')::JSON"
        if column.isNested { return "TRY(CAST(\(inner) AS \(column.type)))" }
        return TextCast(type: column.type).value(text)
    }

    /// True where the member is a value of the type, or is not there.
    var fits: String {
        guard column.isNested else { return TextCast(type: column.type).fits(text) }
        return "(\(text) IS NULL OR \(value) IS NOT NULL\(itemsFit.map { " AND \($0)" } ?? ""))"
    }

    /// True where each member of a list is a value of the list's type: the cast of a whole list rounds them. Nil where
    /// the type is no list of single values.
    private var itemsFit: String? {
        guard column.type.hasSuffix("[]") else { return nil }
        let item = Column(name: column.name, type: String(column.type.dropLast(2)))
        let cast = TextCast(type: item.type)
        guard !item.isNested, cast.isNeeded else { return nil }
        // Behind the member's name, inside of the literal.
        let items = "json_extract_string(\(document), \(path.dropLast())[*]')"
        return "coalesce(list_bool_and(list_transform(\(items), lambda item: \(cast.fits("item")))), true)"
    }
}

/// Finds the columns that a step names among those that the SELECT returns.
struct ColumnFinder {
    let columns: [Column]
    let table: TableName
    let problems: Problems

    func find(_ name: String, at place: Place) -> Column? {
        if let column = columns.first(where: { $0.name.lowercased() == name.lowercased() }) { return column }
        problems.add(
            WeirError(
                "ai.unknown-column", "the SELECT of \(table) returns no column \"\(name)\"",
                hint: DidYouMean.closest(to: name, among: columns.map(\.name)).map { "did you mean \"\($0)\"?" }
                    ?? "it returns \(columns.map(\.name).joined(separator: ", "))",
                at: place))
        return nil
    }
}
