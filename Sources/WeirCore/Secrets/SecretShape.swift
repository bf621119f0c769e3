/// Tells texts that hold a credential by its shape: the keys of services, tokens, private keys, URLs with a password.
///
/// Shapes as their services document them, or as secret scanners know them. It errs on the side of caution for long
/// random texts, and lets names of variables (`${PASSWORD}`) pass: they are how a secret should be spoken of.
public enum SecretShape {
    /// What kind of secret the text holds; nil when none is seen.
    public static func found(in text: String) -> String? {
        if text.contains("-----BEGIN"), text.contains("KEY") { return "a private key" }
        let plain = text.contains(where: { "$*<".contains($0) }) ? text.replacing(variable, with: ",") : text
        for token in plain.split(whereSeparator: isBoundary) {
            if let kind = prefixed(token) { return kind }
            if isRandom(token) { return "a long random text that looks like a key" }
        }
        let cleaned = Redaction.clean(plain)
        if cleaned == plain { return nil }
        return cleaned.contains("://***@") ? "a URL with a user or password" : "a password or token"
    }

    /// Beginnings of keys, with the least length of what follows.
    private static let beginnings: [(String, Int, String)] = [
        ("sk-", 16, "a key of an AI service"), ("sk_live_", 8, "a key of Stripe"), ("sk_test_", 8, "a key of Stripe"),
        ("rk_live_", 8, "a key of Stripe"), ("AKIA", 16, "a key of AWS"), ("ASIA", 16, "a key of AWS"),
        ("AIza", 30, "a key of Google"), ("ya29.", 16, "a token of Google"), ("ghp_", 20, "a token of GitHub"),
        ("gho_", 20, "a token of GitHub"), ("ghu_", 20, "a token of GitHub"), ("ghs_", 20, "a token of GitHub"),
        ("ghr_", 20, "a token of GitHub"), ("github_pat_", 20, "a token of GitHub"),
        ("glpat-", 16, "a token of GitLab"), ("xoxb-", 10, "a token of Slack"), ("xoxp-", 10, "a token of Slack"),
        ("xoxa-", 10, "a token of Slack"), ("xapp-", 10, "a token of Slack"), ("hf_", 20, "a token of Hugging Face"),
        ("gsk_", 20, "a key of an AI service"), ("xai-", 20, "a key of an AI service"),
        ("pplx-", 20, "a key of an AI service"), ("r8_", 20, "a key of an AI service"),
        ("dapi", 32, "a token of Databricks"), ("dop_v1_", 20, "a token of DigitalOcean"),
        ("npm_", 20, "a token of npm"), ("pypi-", 20, "a token of PyPI"), ("SG.", 20, "a key of SendGrid"),
        ("AGE-SECRET-KEY-", 20, "a private key"),
    ]

    private static func prefixed(_ token: Substring) -> String? {
        for (beginning, length, kind) in beginnings where token.hasPrefix(beginning) {
            let rest = token.dropFirst(beginning.count)
            // Words with hyphens in them are no key.
            if rest.count >= length, rest.contains(where: \.isNumber) || rest.count >= 32 { return kind }
        }
        // A JSON web token: two JSON objects in base 64, and a signature.
        if token.hasPrefix("eyJ"), token.count >= 40, token.count(where: { $0 == "." }) == 2 { return "a web token" }
        return nil
    }

    /// 32 and more letters and digits without a word in them. Hexadecimal alone is a checksum more often than a key,
    /// but nobody need remember that either.
    private static func isRandom(_ token: Substring) -> Bool {
        guard token.utf8.count >= 32,
            token.utf8.allSatisfy({
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="):
                    true
                default: false
                }
            })
        else { return false }
        var turns = 0
        var before: Bool?
        for byte in token.utf8 {
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            if let before, before != isDigit { turns += 1 }
            before = isDigit
        }
        // Names and paths turn from letters to digits once or twice.
        return turns >= 6
    }

    private static func isBoundary(_ character: Character) -> Bool {
        character.isWhitespace || "\"'`,;=:()[]{}<>|".contains(character)
    }

    /// `${NAME}`, `$NAME` and what a person puts in a secret's place.
    private static var variable: Regex<Substring> {
        /\$\{[A-Za-z_][A-Za-z0-9_:.\-]*\}|\$[A-Z_][A-Z0-9_]*|\*{3,}|<[A-Za-z_ \-]+>/
    }
}
