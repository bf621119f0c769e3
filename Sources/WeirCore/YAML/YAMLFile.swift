import Yams

/// A YAML file read with the place of every value, so that mistakes can be shown where they are.
///
/// Reading is strict: a key that nobody asked for is an error (``YAMLMap/finish(_:)``), because a misspelt
/// key that is silently ignored is a rule that silently vanished.
public final class YAMLFile {
    /// A configuration file larger than this is a mistake, and one that could exhaust memory.
    public static let sizeLimit = 4 << 20
    /// Deeper nesting than any real file has; it protects the parser's recursion.
    public static let depthLimit = 64
    /// Aliases that refer to aliases can make a short text mean billions of values.
    public static let nodeLimit = 500_000

    public let source: SourceText
    public let problems: Problems
    /// Resolves `${VAR}` in text values; nil leaves them as they are.
    let variables: Variables?

    public init(
        path: String, text: String, lineOffset: Int = 0, problems: Problems, variables: Variables? = nil
    ) {
        self.source = SourceText(path: path, text: text, lineOffset: lineOffset)
        self.problems = problems
        self.variables = variables
    }

    /// The file's top mapping. Nil, with the reason among the problems, when the text is not a YAML mapping.
    ///
    /// An empty file is an empty mapping.
    public func root() -> YAMLMap? {
        do {
            try guardAgainstHostileInput()
            guard let node = try Yams.compose(yaml: source.text) else {
                return YAMLMap(file: self, pairs: [], line: 1, column: 1)
            }
            if NodeCount.exceeds(Self.nodeLimit, node) {
                throw source.error(
                    "yaml.too-large", "the aliases (*name) of this file stand for more than \(Self.nodeLimit) values",
                    line: 1)
            }
            if case .scalar(let scalar) = node, scalar.string.isEmpty {
                return YAMLMap(file: self, pairs: [], line: 1, column: 1)
            }
            guard case .mapping(let mapping) = node else {
                problems.add(
                    source.error(
                        "yaml.not-a-mapping", "this file must hold `key: value` lines",
                        line: node.mark?.line ?? 1, column: node.mark?.column))
                return nil
            }
            return YAMLMap(file: self, mapping: mapping, mark: node.mark)
        } catch let error as YamlError {
            problems.add(explain(error))
        } catch {
            problems.add(WeirError.wrapping(error))
        }
        return nil
    }

    private func guardAgainstHostileInput() throws {
        let size = source.text.utf8.count
        if size > Self.sizeLimit {
            throw source.error(
                "yaml.too-large", "this file has \(size) bytes, and \(Self.sizeLimit) are allowed",
                hint: "configuration is small; is this a data file?", line: 1)
        }
        if let line = NestingGuard.lineBeyond(depth: Self.depthLimit, in: source.text) {
            throw source.error(
                "yaml.too-deep", "this file nests deeper than \(Self.depthLimit) levels", line: line)
        }
    }

    private func explain(_ error: YamlError) -> WeirError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            let lines = source.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            let line = min(max(1, mark.line), max(1, lines.count))
            let content = line <= lines.count ? lines[line - 1] : ""
            if content.prefix(while: \.isWhitespace).contains("\t") {
                return source.error(
                    "yaml.tab", "a tab cannot indent YAML", hint: "use spaces", line: line, column: 1)
            }
            return source.error(
                "yaml.syntax", "YAML cannot be read here: \(problem)", line: line, column: mark.column)
        case .duplicatedKeysInMapping(let duplicates, let context):
            let names = duplicates.map { "\($0)" }.sorted()
            let mark = context.mark
            return source.error(
                "yaml.duplicate-key",
                "the key \"\(names.joined(separator: "\", \""))\" stands twice in one mapping",
                hint: "keep one of them; YAML would silently drop the other", line: max(1, mark.line),
                column: mark.column)
        case .reader(let problem, let offset, _, _):
            let position = source.position(utf8Offset: offset ?? 0)
            return source.error(
                "yaml.encoding", "this text is not valid YAML: \(problem)", line: position.line,
                column: position.column)
        default:
            return source.error("yaml.syntax", "YAML cannot be read: \(error)", line: 1)
        }
    }
}

/// Finds nesting that would exhaust a recursive parser, before it is called.
enum NestingGuard {
    /// The first line on which brackets or compact block markers (`- - - -`, `? ? ?`) go too deep, or nil.
    ///
    /// Block nesting by indentation needs at least one more column each level, so the leading white space
    /// bounds it.
    static func lineBeyond(depth limit: Int, in text: String) -> Int? {
        var line = 1
        var flow = 0
        var markers = 0
        var indent = 0
        var atStart = true
        var quote: UInt8?
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\n") {
                line += 1
                markers = 0
                indent = 0
                atStart = true
                continue
            }
            if let open = quote {
                if byte == open { quote = nil }
                continue
            }
            switch byte {
            case UInt8(ascii: " "):
                if atStart { indent += 1 }
            case UInt8(ascii: "-"), UInt8(ascii: "?"):
                if atStart { markers += 1 }
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                flow += 1
                atStart = false
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                flow = max(0, flow - 1)
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                // An apostrophe inside a plain word opens nothing.
                if atStart || flow > 0 { quote = byte }
                atStart = false
            default:
                atStart = false
            }
            if flow > limit || markers > limit || indent > limit * 16 { return line }
        }
        return nil
    }
}

/// Counts values with their aliases resolved, and stops counting at a limit.
enum NodeCount {
    static func exceeds(_ limit: Int, _ root: Node) -> Bool {
        var count = 0
        var waiting = [root]
        while let node = waiting.popLast() {
            count += 1
            if count + waiting.count > limit { return true }
            switch node {
            case .mapping(let mapping):
                for (key, value) in mapping {
                    waiting.append(key)
                    waiting.append(value)
                }
            case .sequence(let sequence): waiting.append(contentsOf: sequence)
            case .scalar, .alias: break
            }
        }
        return false
    }
}
