import Foundation
import WeirConnect
import WeirCore

/// Reads test files. Every mistake is reported where it stands, all of them at once.
struct TestFileReader {
    let problems: Problems
    let graph: ProjectGraph

    /// - Parameters:
    ///   - path: as shown to the user.
    ///   - absolute: where the file is.
    /// - Returns: nil when the file has a mistake; the mistakes are then among the problems.
    func read(path: String, absolute: String) -> ModelTestFile? {
        guard let text = problems.catching({ try ProjectFiles.text(absolute, root: "/") }) else { return nil }
        // Test data is data: `${…}` in it is no reference.
        let file = YAMLFile(path: path, text: text, problems: problems)
        let before = problems.all.count
        guard let map = file.root() else { return nil }
        let node = model(map)
        let folder = URL(fileURLWithPath: absolute).deletingLastPathComponent().path
        let tests = tests(map, node: node, folder: folder)
        map.finish("a test file")
        guard problems.all.count == before, let node else { return nil }
        return ModelTestFile(source: file.source, folder: folder, model: node.name, tests: tests)
    }

    private func model(_ map: YAMLMap) -> GraphNode? {
        guard let text = map.requiredString("model", of: "a test file") else { return nil }
        let models = graph.order.filter { $0.kind == .model }
        if let found = models.first(where: { $0.name.key == text.lowercased() }) { return found }
        let isSource = graph.order.contains { $0.kind == .source && $0.name.key == text.lowercased() }
        let near = DidYouMean.closest(to: text, among: models.map(\.name.description))
        map.report(
            "test.unknown-model",
            isSource ? "\(text) is a source, and tests are for models" : "there is no model \"\(text)\"",
            hint: near.map { "did you mean \"\($0)\"?" } ?? "a model is a file models/<schema>/<table>.sql",
            key: "model")
        return nil
    }

    private func tests(_ map: YAMLMap, node: GraphNode?, folder: String) -> [ModelTest] {
        guard map.has("tests") else {
            map.report("yaml.missing-key", "a test file needs the key \"tests\"")
            return []
        }
        let list = map.maps("tests")
        if list.isEmpty, map.value("tests")?.isList ?? true {
            map.report(
                "test.none", "this file has no tests", hint: "add one under `tests:`, or delete the file", key: "tests")
        }
        var names = Set<String>()
        return list.compactMap { entry in
            let test = test(entry, node: node, folder: folder)
            if let test, !names.insert(test.name).inserted {
                entry.report(
                    "test.duplicate-name", "there is another test named \"\(test.name)\" in this file", key: "name")
            }
            return test
        }
    }

    private func test(_ map: YAMLMap, node: GraphNode?, folder: String) -> ModelTest? {
        let name = map.requiredString("name", of: "a test")
        let reader = TestRowsReader(problems: problems, folder: folder)
        var given: [String: TestRows] = [:]
        if let inputs = map.map("given") {
            for key in inputs.keys {
                let value = inputs.map(key)
                if let node, !node.inputs.contains(where: { $0.key == key.lowercased() }) {
                    reportUnknown(key, of: node, in: inputs)
                }
                if given[key.lowercased()] != nil {
                    inputs.report("test.duplicate-input", "the input \(key) is given twice", key: key)
                }
                guard let value else {
                    if inputs.value(key) == nil {
                        inputs.report(
                            "test.no-rows", "\(key) is given no rows", hint: "write { rows: [] } for an empty table",
                            key: key)
                    }
                    continue
                }
                given[key.lowercased()] = reader.read(value, of: "a given input")
                value.finish("a given input")
            }
        }
        var answers: TestRows?
        if let value = map.map("answers") {
            answers = reader.read(value, of: "`answers:`")
            value.finish("`answers:`")
        }
        let expect = expectation(map, reader)
        map.finish("a test")
        guard let name, let expect else { return nil }
        return ModelTest(name: name, line: map.line, given: given, answers: answers, expect: expect)
    }

    private func reportUnknown(_ key: String, of node: GraphNode, in inputs: YAMLMap) {
        let names = node.inputs.map(\.description)
        inputs.report(
            "test.unknown-input", "\(node.name) does not read \(key)",
            hint: names.isEmpty
                ? "it reads no table; leave `given:` out"
                : DidYouMean.hint(for: key, among: names)
                    ?? "it reads \(names.joined(separator: ", "))",
            key: key)
    }

    private enum Columns: String, CaseIterable { case all, subset }

    private func expectation(_ test: YAMLMap, _ reader: TestRowsReader) -> ModelTest.Expectation? {
        guard test.has("expect") else {
            test.report("yaml.missing-key", "a test needs the key \"expect\"")
            return nil
        }
        guard let map = test.map("expect") else {
            if test.value("expect") == nil {
                test.report(
                    "test.no-expectation", "nothing is expected", hint: "write `rows:` or `error:` below it",
                    key: "expect")
            }
            return nil
        }
        defer { map.finish("`expect:`") }
        let columns = map.choice("columns", Columns.self)
        let isOrdered = map.bool("order") ?? false
        guard map.has("error") else {
            return reader.read(map, of: "`expect:`").map {
                .rows(ModelTest.ExpectedRows(rows: $0, isSubset: columns == .subset, isOrdered: isOrdered))
            }
        }
        let text = map.string("error")
        for key in ["rows", "csv", "file", "columns", "order"] where map.has(key) {
            _ = map.value(key)
            map.report("test.error-and-rows", "a test expects rows or an error, not both", key: key)
        }
        guard let text, !text.isEmpty else {
            map.report("test.no-expectation", "`error:` names the error's code or a part of its message", key: "error")
            return nil
        }
        return .error(text, line: map.place("error").line ?? map.line)
    }
}
