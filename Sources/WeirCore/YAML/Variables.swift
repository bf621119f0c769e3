import Foundation

/// Values for `${VAR}` references: the process environment first, then the project's `.env` file.
public struct Variables: Sendable {
    private let values: [String: String]

    public init(_ values: [String: String]) { self.values = values }

    /// The environment laid over the lines `NAME=value` of a `.env` text.
    public init(environment: [String: String], dotEnv: String?) {
        var merged: [String: String] = [:]
        for line in (dotEnv ?? "").split(whereSeparator: \.isNewline) {
            var text = line.trimmingPrefix(while: \.isWhitespace)
            if text.hasPrefix("#") { continue }
            text = text.hasPrefix("export ") ? text.dropFirst(7) : text
            guard let equals = text.firstIndex(of: "=") else { continue }
            let name = text[..<equals].trimmingCharacters(in: .whitespaces)
            var value = text[text.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            if value.count >= 2, let quote = value.first, quote == value.last, quote == "\"" || quote == "'" {
                value = String(value.dropFirst().dropLast())
            }
            merged[name] = value
        }
        merged.merge(environment) { _, new in new }
        values = merged
    }

    /// What a text became when its references were replaced.
    public struct Resolved {
        public var text: String
        /// Names that have no value.
        public var missing: [String]
        /// True when at least one reference was replaced.
        public var usedReferences: Bool
    }

    /// Replaces `${NAME}` and `${NAME:-default}`. `$${` stands for a literal `${`.
    public func resolve(_ text: String) -> Resolved {
        var out = ""
        var missing: [String] = []
        var used = false
        var rest = text[...]
        while let start = rest.range(of: "${") {
            if rest[..<start.lowerBound].hasSuffix("$") {
                out += rest[..<start.lowerBound].dropLast() + "${"
                rest = rest[start.upperBound...]
                continue
            }
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { break }
            out += rest[..<start.lowerBound]
            let reference = rest[start.upperBound..<end]
            let parts = reference.split(separator: ":-", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(parts[0])
            if let value = values[name] ?? (parts.count > 1 ? String(parts[1]) : nil) {
                out += value
                used = true
            } else {
                missing.append(name)
            }
            rest = rest[rest.index(after: end)...]
        }
        return Resolved(text: out + rest, missing: missing, usedReferences: used)
    }

    /// Names known, for "did you mean".
    public var names: [String] { Array(values.keys) }
}
