import Testing
import WeirCore
import WeirEngine

@testable import WeirQuality

@Suite("Patterns")
struct TextPatternTests {
    @Test(
        "what both dialects share is kept, and what differs is rewritten",
        arguments: [
            ("^[A-Z]{2}\\d{2}$", "^[A-Z]{2}\\d{2}$"), ("(?<year>\\d{4})", "(\\d{4})"), ("\\u00e9", "\\x{00e9}"),
            ("\\x41", "\\x{41}"),
            ("[\\b]", "[\\x08]"), ("[[a]", "[\\[a]"), ("a{", "a\\{"), ("{a}", "\\{a}"), ("a{2,}?", "a{2,}?"),
            ("\\/", "\\/"),
            ("(?:a|b)*?c", "(?:a|b)*?c"), ("\\cJ", "\\x{a}"), ("\\-", "\\-"), ("", ""), ("é+", "é+"),
            ("\\p{L}", "\\p{L}"),
        ])
    func translated(source: String, wanted: String) throws { #expect(try TextPattern(source).expression == wanted) }

    @Test(
        "what cannot run is refused when the contract is read",
        arguments: [
            "(a", "a)", "[a", "[]", "*a", "+", "a**", "(?=a)", "(?!a)", "(?<=a)", "(?<!a)", "(a)\\1", "\\k<n>", "\\u12",
            "\\xZ",
            "\\uD83D\\uDE00", "\\", "a{3,2}", "a{5000}", "{2}", "|*", "(?i)a", "\\q", "\\p",
        ])
    func refused(source: String) { #expect(throws: TextPattern.Refusal.self) { try TextPattern(source) } }

    @Test("every pattern that is accepted also compiles in the engine")
    func compiles() async throws {
        var random = SeededRandom(seed: 7)
        let parts = [
            "a", "[a-z]", "\\d", "(", ")", "(?:", "|", "*", "+", "?", "{2}", "{1,3}", "^", "$", ".", "\\.", "[^x]", "é",
            "\\u00e9", "[", "]",
            "{", "}", "\\w", "\\b", "\\", "-", "(?<n>", "[\\d-]", "'", "\"",
        ]
        var accepted: [String] = []
        for _ in 0..<4000 {
            let source = (0..<random.next(upTo: 7)).map { _ in parts[random.next(upTo: parts.count)] }.joined()
            if let pattern = try? TextPattern(source) { accepted.append(pattern.expression) }
        }
        #expect(accepted.count > 300)
        let database = try await Database.open()
        let expressions = accepted
        try await database.withConnection { connection in
            for expression in expressions {
                await #expect(throws: Never.self, "\(expression)") {
                    try await connection.query("SELECT regexp_matches('abc', \(ValueSQL.text(expression)))")
                }
            }
        }
    }

    @Test(
        "formats accept what is right and refuse what is wrong",
        arguments: [
            (TextFormat.email, ["a@b.cz", "jiří.novák@příklad.cz"], ["a", "a@b", "a b@c.d", "@b.c", "a@b.c "]),
            (.uuid, ["123e4567-e89b-12d3-a456-426614174000"], ["123e4567e89b12d3a456426614174000", ""]),
            (.uri, ["https://a.b/c?d", "mailto:a@b.c"], ["www.a.b", "http://a b"]),
            (.ipv4, ["0.0.0.0", "255.255.255.255"], ["256.1.1.1", "1.2.3", "01.2.3.4"]),
            (.ipv6, ["::1", "2001:db8::8a2e:370:7334", "1:2:3:4:5:6:7:8"], ["1:2:3", "g::1", ":::"]),
            (.hostname, ["a", "a-b.example.com"], ["-a", "a..b", "a_b"]),
            (.byte, ["", "YQ==", "YWJj"], ["YQ=", "Y Q="]),
        ])
    func formats(format: TextFormat, right: [String], wrong: [String]) async throws {
        let database = try await Database.open()
        try await database.withConnection { connection in
            for (texts, wanted) in [(right, true), (wrong, false)] {
                for text in texts {
                    let rows = try await connection.query(
                        "SELECT regexp_full_match(?, \(ValueSQL.text(format.expression)))", [.text(text)])
                    #expect(rows.scalar == .bool(wanted), "\(text)")
                }
            }
        }
    }
}
