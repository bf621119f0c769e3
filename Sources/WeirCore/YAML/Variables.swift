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

    /// Lines of a `.env` text that give no variable a value, by number (from 1).
    public static func badLines(ofDotEnv text: String) -> [(number: Int, line: String)] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap {
            index, line in
            var said = line.trimmingPrefix(while: \.isWhitespace)
            if said.isEmpty || said.hasPrefix("#") { return nil }
            if said.hasPrefix("export ") { said = said.dropFirst(7) }
            let name = said.prefix { $0 != "=" }.trimmingCharacters(in: .whitespaces)
            let isGood = said.contains("=") && !name.isEmpty && !name.contains(where: \.isWhitespace)
            return isGood ? nil : (index + 1, String(line))
        }
    }

    /// What a text became when its references were replaced.
    public struct Resolved {
        public var text: String
        /// Names that have no value.
        public var missing: [String]
        /// True when a `${` is never closed.
        public var isUnclosed = false
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
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else {
                return Resolved(text: text, missing: missing, isUnclosed: true, usedReferences: used)
            }
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
