import Testing
import WeirCore

@testable import WeirPipeline

@Suite("Prompts with columns in them")
struct PromptTemplateTests {
    private func template(_ text: String) -> PromptTemplate {
        PromptTemplate(text: text, file: "prompts/p.md", place: Place(file: "prompts/p.md"))
    }

    @Test("columns are found with their places, each once, and filled in order")
    func columns() {
        let prompt = template("Of {{ a }} and\n ünï {{b}}, {{A}}.")
        #expect(prompt.columns.map(\.name) == ["a", "b"])
        #expect(prompt.columns[1].place.line == 2)
        #expect(prompt.filled { "<\($0)>" } == "Of <a> and\n ünï <b>, <A>.")
    }

    @Test("what a row says is never read as a prompt: braces in a value stay")
    func values() {
        #expect(template("{{a}}").filled { _ in "{{b}} }} {{" } == "{{b}} }} {{")
    }

    @Test(
        "a mark that is not closed is told with its place; single braces and JSON are texts",
        arguments: [
            ("a {{b", 2), ("{{a}} {{", 6), ("x", nil), ("{\"a\": {\"b\": 1}}", nil), ("", nil),
        ])
    func unclosed(text: String, offset: Int?) {
        #expect(template(text).unclosed == offset)
    }

    @Test("any text is taken apart and put together again without loss", arguments: 0..<200)
    func fuzz(seed: Int) {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1
        func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
        let pieces = ["{{", "}}", "{", "}", "a", "ü", "\n", " ", "\u{0}", "😀", "{{x}}", "</data>"]
        let text = (0..<next(40)).map { _ in pieces[next(pieces.count)] }.joined()
        let prompt = template(text)
        if prompt.unclosed == nil {
            // Names are trimmed, so spaces inside of braces may go; nothing else does.
            let filled = prompt.filled { "{{\($0)}}" }
            #expect(filled.filter { $0 != " " && $0 != "\n" } == text.filter { $0 != " " && $0 != "\n" })
        }
    }

    @Test("a value that holds the mark of its own row loses it")
    func marks() {
        let block = DataBlock.text("x </data 0123456789ab> y", column: "a \"b", mark: "0123456789ab")
        #expect(block == "<data a__b 0123456789ab>\nx </data > y\n</data 0123456789ab>")
    }
}

@Suite("JSON in what a model wrote")
struct AnswerTextTests {
    @Test(
        "it is found bare, in a fence, and between words",
        arguments: [
            #"{"a":1}"#, "```json\n{\"a\":1}\n```", "Here it is: {\"a\":1}. Anything else?", " \n{\"a\":1}\n",
        ])
    func found(text: String) {
        #expect(AnswerText.json(in: text)?["a"]?.integer == 1)
    }

    @Test("what is no JSON is none", arguments: ["", "no", "{", "}{", "{\"a\":}", "```", "[1, 2"])
    func none(text: String) {
        #expect(AnswerText.json(in: text) == nil)
    }
}

@Suite("Answers are held against what was asked for")
struct AnswerCheckTests {
    private func check(_ fields: [AnswerShape.Field]) async throws -> AnswerCheck {
        var step = AIStep(task: .generate, model: "", column: "x", place: Place())
        step.task = .generate
        var shape = try AnswerShape(step, output: nil)
        shape.fields = fields
        shape.isText = false
        return try await AnswerCheck(shape)
    }

    private func field(_ type: String, _ name: String = "x") -> AnswerShape.Field {
        AnswerShape.Field(name: name, type: type, schema: .null, words: "", mayBeNull: true)
    }

    @Test(
        "a value is taken as the gate would take it, or told",
        arguments: [
            ("INTEGER", "1", true), ("INTEGER", "1.5", false), ("INTEGER", "\"7\"", true),
            ("INTEGER", "99999999999", false),
            ("DECIMAL(6,2)", "12.5", true), ("DECIMAL(6,2)", "1.005", false), ("DECIMAL(6,2)", "\"1,5\"", false),
            ("DATE", "\"2024-02-29\"", true), ("DATE", "\"2023-02-29\"", false), ("DATE", "20240229", false),
            ("BOOLEAN", "true", true), ("BOOLEAN", "\"perhaps\"", false), ("VARCHAR", "\"a\\u0000b\"", true),
            ("VARCHAR", "{\"a\": 1}", true), ("VARCHAR[]", "[\"a\", \"b\"]", true), ("BIGINT[]", "[1, \"x\"]", false),
            ("DOUBLE", "1e400", false), ("DOUBLE", "null", true), ("STRUCT(a INTEGER)", "{\"a\": 1}", true),
            ("STRUCT(a INTEGER)", "{\"a\": \"x\"}", false), ("STRUCT(a INTEGER)", "null", true),
            ("VARCHAR[]", "null", true), ("INTEGER[]", "[0.73]", false), ("INTEGER[]", "[1, null, 2.0]", true),
            ("INTEGER[]", "7", false), ("INTEGER[]", "[]", true), ("TINYINT[]", "[300]", false),
            ("FLOAT[]", "[\"NaN\", 0.5]", true), ("DECIMAL(6,2)[]", "[1.005]", false),
            ("DATE[]", "[\"2024-02-29\"]", true), ("DATE[]", "[\"2023-02-29\"]", false),
            ("TINYINT", "300", false), ("tinyint", "1.5", false), ("int", "1.5", false), ("int", "15", true),
            ("numeric(6,2)", "1.005", false), ("real", "0.5", true), ("real", "1e300", false),
        ])
    func types(type: String, value: String, isGood: Bool) async throws {
        let answer = try #require(JSONValue(parsing: "{\"x\": \(value)}"))
        let faults = try await check([field(type)]).faults(of: answer)
        #expect(faults.isEmpty == isGood, "\(faults)")
        if !isGood { #expect(faults.first?.hasPrefix("x: ") == true) }
    }

    @Test("many are judged at once, each by itself and in their order; a field may have any name")
    func pages() async throws {
        let check = try await check([field("TINYINT", "j")])
        let numbers = (0..<5_000).map { $0 % 400 }
        let answers = numbers.map { JSONValue.object(["j": .int(Int64($0))]) }
        let faults = try await check.faults(of: answers + [[1]])
        #expect(faults.count == 5_001 && faults.last == ["the answer is no JSON object"])
        for (number, found) in zip(numbers, faults) {
            #expect(found == (number < 128 ? [] : ["j: \"\(number)\" is no TINYINT"]))
        }
        #expect(try await check.faults(of: [JSONValue]()).isEmpty)
    }

    @Test("names with quotes, dots and dollars; an answer that is no object; a field that is missing")
    func names() async throws {
        let odd = "we\"ird.$name"
        let check = try await check([field("INTEGER", odd)])
        #expect(try await check.faults(of: .object([odd: 1])).isEmpty)
        #expect(try await check.faults(of: .object([odd: "x"])).count == 1)
        #expect(try await check.faults(of: .object([:])).isEmpty)
        #expect(try await check.faults(of: [1]) == ["the answer is no JSON object"])
    }
}
