/// Removes what looks like a secret from a text that comes from elsewhere: a driver's message, a URL.
///
/// Known secrets are wiped by value (``Secret/wiped(from:)``); this is the net below, for credentials that
/// nobody declared.
public enum Redaction {
    /// `text` without the user part of URLs and the values of keys such as `password=`.
    public static func clean(_ text: String, secrets: [Secret] = []) -> String {
        var out = secrets.reduce(text) { $1.wiped(from: $0) }
        // Most texts hold nothing of the kind, and a plain search says so far sooner than a pattern.
        if out.utf8.contains(UInt8(ascii: "@")), out.contains("://") {
            out = out.replacing(urlCredentials) { "\($0.output.1)***@" }
        }
        let small = out.lowercased()
        if words.contains(where: small.contains) {
            out = out.replacing(assignments) { "\($0.output.1)***" }
        }
        return out
    }

    /// Every name that ``assignments`` knows holds one of these.
    private static let words = ["passw", "pwd", "secret", "token", "key", "sig", "x-amz"]

    // Regexes are built where they are used: a static one cannot be shared between tasks.
    private static var urlCredentials: Regex<(Substring, Substring)> {
        /([A-Za-z][A-Za-z0-9+.\-]*:\/\/)[^\s\/'"?#]*@/
    }

    private static var assignments: Regex<(Substring, Substring)> {
        /(?i)((?:password|passwd|pwd|secret|token|api[_\-]?key|access[_\-]?key(?:[_\-]?id)?|sig|signature|x-amz-[a-z\-]+)"?\s*[=:]\s*["']?)[^\s"'&,;)]+/
    }
}
