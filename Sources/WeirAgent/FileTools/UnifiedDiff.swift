/// The change of a text in the form that `patch` and `git apply` take.
enum UnifiedDiff {
    static let context = 3

    /// - Parameter before: nil for a new file.
    static func of(path: String, before: String?, after: String) -> String {
        if before == after { return "" }
        let old = lines(before ?? "")
        let new = lines(after)
        var out = "--- \(before == nil ? "/dev/null" : "a/\(path)")\n+++ b/\(path)\n"
        for hunk in hunks(steps(old, new)) { out += text(hunk) }
        return out
    }

    enum Step: Equatable {
        case same(Substring)
        case removed(Substring)
        case added(Substring)
    }

    private struct Hunk {
        var old: Int
        var new: Int
        var steps: [Step]
    }

    /// Each with its line feed, so that a last line without one is another line.
    private static func lines(_ text: String) -> [Substring] {
        var lines: [Substring] = []
        var start = text.startIndex
        let bytes = text.utf8
        var index = bytes.startIndex
        while index < bytes.endIndex {
            let next = bytes.index(after: index)
            if bytes[index] == UInt8(ascii: "\n") {
                lines.append(text[start..<next])
                start = next
            }
            index = next
        }
        if start < text.endIndex { lines.append(text[start...]) }
        return lines
    }

    /// Comparing far more lines than this takes longer than anybody waits: then all is shown as changed.
    private static let mostLines = 20_000

    private static func steps(_ old: [Substring], _ new: [Substring]) -> [Step] {
        if old.count + new.count > mostLines { return old.map { .removed($0) } + new.map { .added($0) } }
        var removed = Set<Int>()
        var added = Set<Int>()
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): added.insert(offset)
            }
        }
        var steps: [Step] = []
        var i = 0
        var j = 0
        while i < old.count || j < new.count {
            if i < old.count, removed.contains(i) {
                steps.append(.removed(old[i]))
                i += 1
            } else if j < new.count, added.contains(j) {
                steps.append(.added(new[j]))
                j += 1
            } else if i < old.count {
                steps.append(.same(old[i]))
                i += 1
                j += 1
            } else {
                break
            }
        }
        return steps
    }

    private static func hunks(_ steps: [Step]) -> [Hunk] {
        var hunks: [Hunk] = []
        var current: Hunk?
        var old = 1
        var new = 1
        // Lines that did not change since the last one that did.
        var quiet: [Step] = []
        for step in steps {
            if case .same = step {
                quiet.append(step)
                if current != nil, quiet.count > 2 * context {
                    current?.steps += quiet.prefix(context)
                    if let done = current { hunks.append(done) }
                    current = nil
                }
                old += 1
                new += 1
                continue
            }
            if current == nil {
                let before = quiet.suffix(context)
                current = Hunk(old: old - before.count, new: new - before.count, steps: Array(before))
            } else {
                current?.steps += quiet
            }
            quiet = []
            current?.steps.append(step)
            if case .removed = step { old += 1 } else { new += 1 }
        }
        current?.steps += quiet.prefix(context)
        if let current { hunks.append(current) }
        return hunks
    }

    private static func text(_ hunk: Hunk) -> String {
        let olds = hunk.steps.count { if case .added = $0 { false } else { true } }
        let news = hunk.steps.count { if case .removed = $0 { false } else { true } }
        // A side without lines starts at the line before it.
        let heading =
            "@@ -\(olds == 0 ? hunk.old - 1 : hunk.old),\(olds) +\(news == 0 ? hunk.new - 1 : hunk.new),\(news) @@\n"
        return hunk.steps.reduce(heading) { out, step in
            let (mark, line): (String, Substring) =
                switch step {
                case .same(let line): (" ", line)
                case .removed(let line): ("-", line)
                case .added(let line): ("+", line)
                }
            return out + mark + line + (line.utf8.last == UInt8(ascii: "\n") ? "" : "\n\\ No newline at end of file\n")
        }
    }
}
