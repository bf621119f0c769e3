import Testing
import WeirCore

@testable import WeirQuality

@Suite("A contract's document")
struct DocumentTests {
    private func document(_ text: String) throws -> ContractDocument {
        let file = ContractFile(path: "c.yaml", text: text)
        try #require(file.errors.isEmpty, "\(file.errors)")
        return try #require(file.document)
    }

    @Test("what is written is read as the same document, and writing that gives the same bytes")
    func stable() throws {
        let first = try document(Sample.full)
        let text = first.yaml
        let second = try document(text)
        #expect(second.yaml == text)
        #expect(second.canonical == first.canonical)
        #expect(text.hasPrefix("apiVersion: v3.2.0\nkind: DataContract\nid: orders-contract\n"))
        // Nothing is lost: each key that stood in the file stands in what is written, as often.
        #expect(Self.keys(second.tree) == Self.keys(first.tree))
    }

    private static func keys(_ tree: YAMLTree) -> [String] {
        (tree.entries.flatMap { [$0.key] + keys($0.value) } + tree.items.flatMap(keys)).sorted()
    }

    @Test("values keep their text: digits, quotes, breaks, references to variables")
    func values() throws {
        let text = Sample.contract(
            #"""
            description: "a: b # c"
            tags: [yes, "yes", null, "null", 1.10, "1.10", 0x1F, 2024-01-01, "it's", 'a "b"', "", " x", "é\n", "${VAR}", -5, .5, ~]
            customProperties:
              - { property: long, value: 18446744073709551616 }
              - property: text
                value: |
                  SELECT 1
                    -- indented

                  FROM x
              - { property: block, value: "a\n\nb\n\n" }
              - { property: nested, value: { b: [1, [2, { c: d }]], a: {}, l: [] } }
            properties:
              - { name: a, physicalType: 'DECIMAL(10,2)', examples: [{ x: 1 }, [1, 2], true] }
            """#)
        let first = try document(text)
        let written = first.yaml
        let second = try document(written)
        #expect(second.yaml == written)
        #expect(second.canonical["schema"]?.items[0].plain == first.canonical["schema"]?.items[0].plain, "\(written)")
        for part in ["1.10", "18446744073709551616", "value: |", "${VAR}", "0x1F", "2024-01-01"] {
            #expect(written.contains(part), "\(part) in \(written)")
        }
    }

    @Test("spellings of v3.0 become those of v3.1, and say the same")
    func modern() throws {
        let text = """
            apiVersion: v3.0.2
            kind: DataContract
            id: a
            version: 1.0.0
            status: active
            team: [{ username: ann, role: owner }]
            schema:
              - name: t
                properties:
                  - { name: n, logicalType: number, logicalTypeOptions: { minimum: 0, exclusiveMinimum: true, maximum: 9, exclusiveMaximum: false } }
                  - name: s
                    quality:
                      - { rule: validValues, validValues: [a, b], mustBe: 0 }
                      - { rule: duplicateCount, mustBeLessThan: 10 }
                      - { rule: nullCheck }
            """
        let first = try document(text)
        let second = try document(first.yaml)
        #expect(second.yaml == first.yaml)
        #expect(second.tree["apiVersion"]?.string == "v3.1.0")
        #expect(second.tree["team"]?["members"]?.items.count == 1)
        let (old, new) = (Sample.load(text).contract, Sample.load(first.yaml).contract)
        #expect(old?.tables[0].rules.map(\.kind) == new?.tables[0].rules.map(\.kind))
        #expect(old?.tables[0].rules.map(\.limit) == new?.tables[0].rules.map(\.limit))
        #expect(new?.tables[0].rules.map(\.id) == ["range(n)", "accepted_values(s)", "unique(s)", "not_null(s)"])
    }

    @Test(
        "the version written is the earliest that has the words",
        arguments: [
            ("description: x", "v3.1.0"), ("deprecated: true", "v3.2.0"),
            ("properties: [{ name: a, enum: [{ value: 1 }] }]", "v3.2.0"),
            ("properties: [{ name: a, logicalType: vector, logicalTypeOptions: { dimensions: 3 } }]", "v3.2.0"),
            ("customProperties: [{ property: a, value: 1, vendor: x }]", "v3.2.0"),
            ("properties: [{ name: a, logicalType: timestamp }]", "v3.1.0"),
        ])
    func version(body: String, version: String) throws {
        let written = try document(Sample.contract(body)).yaml
        #expect(written.hasPrefix("apiVersion: \(version)\n"), "\(written)")
        // A contract without a status is one of v3.2: up to v3.1 it needs one.
        let without = try document(Sample.contract(body).replacing("status: active\n", with: "")).yaml
        #expect(without.hasPrefix("apiVersion: v3.2.0\n"))
    }

    @Test("texts of any kind survive", arguments: [1, 2, 3] as [UInt64])
    func anyText(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let parts = [
            "a", " ", ":", "#", "-", "\n", "\t", "'", "\"", "\\", "é", "🙂", "$", "{", "}", "[", ",", "0", "null",
            "\u{85}", "&", "*", "!", "%", "|", ">", "?", "@", "`", "~", "\u{7F}",
        ]
        for _ in 0..<300 {
            let text = (0...random.next(upTo: 7)).map { _ in parts[random.next(upTo: parts.count)] }.joined()
            let tree = YAMLTree.object([
                "customProperties": .list([
                    .object(["property": .text("p"), "value": .text(text)]),
                    .object(["property": .text("q"), "value": .list([.text(text), .text("x")])]),
                ])
            ])
            let written = YAMLWriter.text(of: tree)
            let problems = Problems()
            let read = YAMLFile(path: "t", text: written, problems: problems).root()?.tree
            #expect(problems.isEmpty, "\(problems.all) \(written.debugDescription)")
            #expect(
                read?["customProperties"]?.items.first?["value"]?.string ?? "" == (YAMLTree.text(text).string ?? ""),
                "\(written.debugDescription)")
            #expect(
                read?["customProperties"]?.items.last?["value"]?.items.first?.string == text,
                "\(written.debugDescription)")
            #expect(read.map(YAMLWriter.text) == written)
        }
    }
}
