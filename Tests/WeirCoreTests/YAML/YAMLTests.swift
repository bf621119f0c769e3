import Testing
import WeirCore

@Suite("Reading YAML with places")
struct YAMLTests {
    private func read(_ text: String, variables: [String: String]? = nil) -> (map: YAMLMap?, problems: Problems) {
        let problems = Problems()
        let file = YAMLFile(path: "a.yaml", text: text, problems: problems, variables: variables.map { Variables($0) })
        return (file.root(), problems)
    }

    @Test("values of every shape")
    func values() throws {
        let (root, problems) = read(
            """
            text: it's # a comment
            number: 1_000
            share: 1.5
            yes: on
            span: 3 days
            list: [a, "b, c"]
            one: alone
            map: { x: 1 }
            nothing:
            tilde: ~
            maps:
              - k: 1
              - k: 2
            """)
        let map = try #require(root)
        #expect(map.string("text") == "it's")
        #expect(map.int("number") == 1000)
        #expect(map.double("share") == 1.5)
        #expect(map.bool("yes") == true)
        #expect(map.span("span")?.seconds == 259_200)
        #expect(map.strings("list") == ["a", "b, c"])
        #expect(map.strings("one") == ["alone"])
        #expect(map.map("map")?.int("x") == 1)
        #expect(map.string("nothing") == nil)
        #expect(map.string("tilde") == nil)
        #expect(map.maps("maps").compactMap { $0.int("k") } == [1, 2])
        #expect(map.string("absent") == nil)
        #expect(problems.isEmpty)
    }

    @Test(
        "a value of another shape is a problem at its place",
        arguments: [
            ("k: [1]", "string"), ("k: {a: 1}", "int"), ("k: x", "int"), ("k: 1.5", "int"), ("k: maybe", "bool"),
            ("k: 3 moons", "span"), ("k: [a]", "map"), ("k: {a: 1}", "strings"), ("k: 99999999999999999999", "int"),
        ])
    func wrongShape(text: String, shape: String) throws {
        let (root, problems) = read("a: 1\n\(text)")
        let map = try #require(root)
        switch shape {
        case "string": #expect(map.string("k") == nil)
        case "int": #expect(map.int("k") == nil)
        case "bool": #expect(map.bool("k") == nil)
        case "span": #expect(map.span("k") == nil)
        case "map": #expect(map.map("k") == nil)
        default: #expect(map.strings("k") == [])
        }
        #expect(problems.all.map(\.code) == ["yaml.wrong-type"])
        #expect(problems.all.first?.place?.line == 2)
        #expect(problems.all.first?.frame?.contains("> 2 | k: ") == true)
    }

    @Test("keys that nobody reads are reported, with what was meant")
    func unknownKeys() throws {
        let (root, problems) = read("name: a\nstratgey: merge\n")
        let map = try #require(root)
        _ = map.string("name")
        _ = map.string("strategy")
        map.finish("a load")
        #expect(problems.all.map(\.code) == ["yaml.unknown-key"])
        #expect(problems.all.first?.hint?.contains("strategy") == true)
        #expect(problems.all.first?.place?.line == 2)
    }

    @Test(
        "texts that are no YAML mapping say so and do not crash",
        arguments: [
            ("a: 1\na: 2\n", "yaml.duplicate-key"), ("a:\n\t- b\n", "yaml.tab"), ("- a\n- b\n", "yaml.not-a-mapping"),
            ("just text", "yaml.not-a-mapping"), ("a: [1, 2", "yaml.syntax"), ("a: \"x\n", "yaml.syntax"),
            (String(repeating: "[", count: 5000), "yaml.too-deep"),
            (String(repeating: "- ", count: 5000) + "a", "yaml.too-deep"),
            ("a: " + String(repeating: "x", count: 5 << 20), "yaml.too-large"), ("a: *nowhere\n", "yaml.syntax"),
        ])
    func hostile(text: String, code: String) {
        let (root, problems) = read(text)
        #expect(root == nil)
        #expect(problems.all.map(\.code) == [code], "\(problems.all.map(\.message))")
    }

    @Test("an empty text is an empty mapping", arguments: ["", "\n", "# only a comment\n", "---\n"])
    func empty(text: String) {
        let (root, problems) = read(text)
        #expect(root?.keys == [])
        #expect(problems.isEmpty)
    }

    @Test("references are replaced, and those without a value are problems with a suggestion")
    func references() throws {
        let (root, problems) = read("a: ${SHOP_URL}/x\nb: ${SHOP_ULR}\n", variables: ["SHOP_URL": "http://h"])
        let map = try #require(root)
        #expect(map.string("a") == "http://h/x")
        #expect(map.string("b") == nil)
        #expect(problems.all.map(\.code) == ["project.missing-variable"])
        #expect(problems.all.first?.hint?.contains("${SHOP_URL}") == true)
    }

    @Test("plain data keeps quoted numbers as texts")
    func plain() throws {
        let (root, _) = read("v: [1, \"1\", 1.5, true, null, x, {b: 2, a: 1}, 'null']")
        let value = try #require(root?.value("v"))
        #expect(
            value.plain()
                == .list([
                    .int(1), .string("1"), .double(1.5), .bool(true), .null, .string("x"),
                    .map([("b", .int(2)), ("a", .int(1))]), .string("null"),
                ]))
    }
}

@Suite("References to variables")
struct VariablesTests {
    @Test(
        "are replaced, defaulted, escaped or missing",
        arguments: [
            ("${A}", "1", []), ("x${A}y${B}z", "x1y2z", []), ("${C:-d}", "d", []), ("${A:-d}", "1", []),
            ("${C:-}", "", []),
            ("$${A}", "${A}", []), ("${C}", "", ["C"]), ("${A", "${A", []), ("$A", "$A", []), ("${}", "", [""]),
            ("${C:-${A}}", "${A}", []), ("", "", []),
        ] as [(String, String, [String])])
    func resolve(text: String, wanted: String, missing: [String]) {
        let resolved = Variables(["A": "1", "B": "2"]).resolve(text)
        #expect(resolved.text == wanted)
        #expect(resolved.missing == missing)
    }

    @Test("the environment wins over .env, which may quote, export and comment")
    func dotEnv() {
        let variables = Variables(
            environment: ["A": "real"],
            dotEnv: "A=file\nexport B = 'b c'\n# C=1\n\nD=\"x=y\"\nno equals\n  E=1\r\n")
        #expect(variables.resolve("${A}|${B}|${D}|${E}").text == "real|b c|x=y|1")
        #expect(variables.resolve("${C}").missing == ["C"])
    }
}
