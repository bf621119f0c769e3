import WeirCore

/// Which tests the project has, by table: names and files, without running or fully reading them.
struct TestIndex: Sendable {
    struct Entry: Sendable, Hashable {
        let name: String
        let file: String
    }

    private var byTable: [String: [Entry]] = [:]

    /// Files that cannot be read are passed over; `weir test` tells what is wrong with them.
    init(_ project: Project) {
        for path in ProjectFiles.list("tests", suffixes: [".yaml", ".yml"], root: project.root) {
            guard let text = try? ProjectFiles.text(path, root: project.root) else { continue }
            let file = YAMLFile(path: path, text: text, problems: Problems())
            guard let map = file.root(), let model = map.string("model").flatMap({ TableName($0) }) else { continue }
            byTable[model.key, default: []] += map.maps("tests").enumerated().map { index, test in
                Entry(name: test.string("name") ?? "test \(index + 1)", file: path)
            }
        }
    }

    func tests(of table: TableName) -> [Entry] { byTable[table.key] ?? [] }
}
