import Foundation
import WeirConnect
import WeirCore

/// Reads the rows of one input or one expectation: `rows:`, `csv:` or `file:`.
struct TestRowsReader {
    let problems: Problems
    /// Folder of the test file.
    let folder: String

    func read(_ map: YAMLMap, of what: String) -> TestRows? {
        let ways = ["rows", "csv", "file"]
        let said = ways.filter(map.has)
        for way in ways { _ = map.value(way) }
        guard let way = said.first, said.count == 1 else {
            map.report(
                "test.no-rows",
                said.isEmpty ? "\(what) needs rows" : "\(what) has both `\(said.joined(separator: ":` and `")):`",
                hint: "give one of `rows:`, `csv:` or `file:`", key: said.last)
            return nil
        }
        guard let value = map.value(way) else {
            map.report(
                "test.no-rows", "`\(way):` is empty", hint: way == "rows" ? "write `rows: []` for no rows" : nil,
                key: way)
            return nil
        }
        let content: TestRows.Content? =
            switch way {
            case "rows": .cells(cells(value))
            case "csv": csv(value)
            default: file(value)
            }
        return content.map { TestRows(content: $0, line: value.line, column: value.column) }
    }

    // MARK: Rows in YAML

    private func cells(_ value: YAMLValue) -> TestCells {
        let maps = value.list().compactMap { $0.map() }
        var columns: [TestCells.Column] = []
        var index: [String: Int] = [:]
        for map in maps {
            for key in map.keys where index[key.lowercased()] == nil {
                index[key.lowercased()] = columns.count
                let place = map.place(key)
                columns.append(.init(name: key, line: place.line ?? map.line, column: place.column ?? map.column))
            }
        }
        let rows = maps.map { map in
            var cells = [TestCells.Cell?](repeating: nil, count: columns.count)
            for key in map.keys {
                guard let position = index[key.lowercased()] else { continue }
                if cells[position] != nil {
                    map.report("test.duplicate-column", "this row has two values for \"\(key)\"", key: key)
                }
                cells[position] = cell(map.value(key), place: map.place(key))
            }
            return TestCells.Row(line: map.line, cells: cells)
        }
        return TestCells(columns: columns, rows: rows)
    }

    private func cell(_ value: YAMLValue?, place: Place) -> TestCells.Cell {
        guard let value else { return .init(text: nil, line: place.line ?? 1, column: place.column ?? 1) }
        if value.isList || value.isMap {
            return .init(text: value.plain().json, isJSON: true, line: value.line, column: value.column)
        }
        // The text as written, so that 007 and 1.10 stay what they are.
        var isText = false
        if case .string = value.plain() { isText = true }
        return .init(text: value.string(), isText: isText, line: value.line, column: value.column)
    }

    // MARK: CSV and data files

    private func csv(_ value: YAMLValue) -> TestRows.Content? {
        guard let text = value.string() else { return nil }
        // A block's text starts on the line below `csv: |`.
        let csv = CSVText(text, source: nil, firstLine: value.line + 1)
        do { return .cells(try csv.cells()) } catch let error as CSVText.Mistake {
            problems.add(value.file.source.error("test.csv", error.message, hint: error.hint, line: error.line))
        } catch { problems.add(WeirError.wrapping(error)) }
        return nil
    }

    private func file(_ value: YAMLValue) -> TestRows.Content? {
        guard let text = value.string() else { return nil }
        let path = text.hasPrefix("/") ? text : "\(folder)/\(text)"
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else {
            value.report(
                "test.missing-file", "there is no file \(text)",
                hint: "the path starts at the test file's folder, \(folder)")
            return nil
        }
        guard let format = FileFormat(fileName: text) else {
            value.report(
                "test.unknown-format", "the name \(text) does not tell the file's format",
                hint: "use .csv, .tsv or .parquet")
            return nil
        }
        guard format.isDelimited else { return .file(path) }
        guard let data = problems.catching({ try ProjectFiles.text(path, root: "/") }) else { return nil }
        let source = SourceText(path: text, text: data)
        do {
            return .cells(try CSVText(data, separator: format == .tsv ? "\t" : ",", source: source).cells())
        } catch let error as CSVText.Mistake {
            problems.add(source.error("test.csv", error.message, hint: error.hint, line: error.line))
        } catch { problems.add(WeirError.wrapping(error)) }
        return nil
    }
}

extension PlainValue {
    /// As JSON text.
    var json: String { (try? JSONOutput.line(document)) ?? "null" }
}
