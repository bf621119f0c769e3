/// An error as a person reads it: what happened, where, the code around it, and what to do.
public enum ErrorText {
    /// The error and every cause, each with its place, code frame and hint.
    ///
    /// ```
    /// error: weir.yaml:3:1: a project has no key "nmae" [yaml.unknown-key]
    /// > 3 | nmae: flights
    ///     | ^^^^
    ///   hint: did you mean "name"?
    /// ```
    public static func render(_ error: WeirError, on terminal: Terminal = .plain, limit: Int = 100) -> String {
        var lines: [String] = []
        add(error, word: "error", tone: .bad, depth: 0, style: terminal.style, limit: limit, to: &lines)
        return lines.joined(separator: "\n")
    }

    /// The same for something that did not stop the work.
    public static func renderWarning(_ error: WeirError, on terminal: Terminal = .plain) -> String {
        var lines: [String] = []
        add(error, word: "warning", tone: .warning, depth: 0, style: terminal.style, limit: 20, to: &lines)
        return lines.joined(separator: "\n")
    }

    private static func add(
        _ error: WeirError, word: String, tone: Tone, depth: Int, style: Style, limit: Int, to lines: inout [String]
    ) {
        // Causes of causes happen (a run, its table, its rules); a cycle cannot, errors being values.
        let indent = String(repeating: "  ", count: min(depth, 8))
        let place = error.place.map { style(safe($0.description), .strong) + ": " } ?? ""
        let message = error.message.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map {
            Cell.visible(String($0))
        }
        lines.append(
            "\(indent)\(style(word + ":", tone)) \(place)\(message.first ?? "") \(style("[\(error.code)]", .faint))")
        lines += message.dropFirst().map { "\(indent)  \($0)" }
        if let frame = error.frame {
            for line in frame.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
                let text = Cell.visible(String(line))
                lines.append("\(indent)  \(line.hasPrefix(">") ? text : style(text, .faint))")
            }
        }
        if let hint = error.hint {
            let parts = hint.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            for (number, part) in parts.enumerated() {
                lines.append("\(indent)  \(number == 0 ? style("hint:", .name) : "     ") \(safe(String(part)))")
            }
        }
        for cause in error.causes.prefix(limit) {
            lines.append("")
            add(cause, word: word, tone: tone, depth: depth + 1, style: style, limit: limit, to: &lines)
        }
        if error.causes.count > limit {
            lines.append("\(indent)  … and \(error.causes.count - limit) more; --output json has them all")
        }
    }

    private static func safe(_ text: String) -> String { Cell.visible(text) }
}
