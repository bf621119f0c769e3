import Foundation
import WeirConnect

/// Files that look like one table in parts: `orders-2024-01.csv`, `orders-2024-02.csv`.
struct FileGroup: Sendable, Hashable {
    /// What the names have in common, for the table's name.
    var stem: String
    var format: FileFormat
    var files: [InputFile]
}

/// Sorts files into tables by their names.
enum FileGrouping {
    /// One group for every folder, stem and format, in the order of the files.
    static func group(_ files: [InputFile]) -> [FileGroup] {
        var order: [String] = []
        var groups: [String: FileGroup] = [:]
        for file in files {
            guard let format = FileFormat(fileName: file.path) else { continue }
            let stem = stem(ofFileName: fileName(file.path))
            let key = [folder(file.path), stem.lowercased(), format.rawValue].joined(separator: "\u{0}")
            if groups[key] == nil {
                order.append(key)
                groups[key] = FileGroup(stem: stem, format: format, files: [])
            }
            groups[key]?.files.append(file)
        }
        return order.compactMap { groups[$0]?.named }
    }

    /// The name without suffixes and without what numbers the parts: dates, counters, `part`, `q1`.
    static func stem(ofFileName name: String) -> String {
        var stem = bare(name)
        while let shorter = withoutCounter(stem), !shorter.isEmpty { stem = shorter }
        return stem
    }

    /// The name without `.csv`, `.csv.gz`, …
    static func bare(_ name: String) -> String {
        var text = name
        for suffix in [".gz", ".zst", ".zstd", ".bz2"] where text.lowercased().hasSuffix(suffix) {
            text = String(text.dropLast(suffix.count))
        }
        guard let dot = text.lastIndex(of: "."), dot != text.startIndex else { return text }
        return String(text[..<dot])
    }

    private static func withoutCounter(_ text: String) -> String? {
        let counter =
            /^(.*?)[-_. ]*(?:(?:[-_. ](?:part|q|w|v|no|page|batch|chunk)[-_. ]?)?[0-9]+|\([0-9]+\)|[-_. ](?:part|page))$/
            .ignoresCase()
        guard let match = text.wholeMatch(of: counter) else { return nil }
        let rest = String(match.output.1)
        return rest == text ? nil : rest
    }

    static func fileName(_ path: String) -> String {
        path.split(separator: "/", omittingEmptySubsequences: true).last.map(String.init) ?? path
    }

    static func folder(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    /// A glob that stands for the files: what their names begin and end with. Nil for a single file.
    static func glob(_ paths: [String]) -> String? {
        guard paths.count > 1, let first = paths.first else { return nil }
        var prefix = first
        var suffix = first
        for path in paths {
            prefix = String(zip(prefix, path).prefix { $0 == $1 }.map(\.0))
            suffix = String(zip(suffix.reversed(), path.reversed()).prefix { $0 == $1 }.map(\.0).reversed())
        }
        // The parts begin with digits in common: `-2024-0` would miss October.
        while let last = prefix.last, last.isNumber { prefix.removeLast() }
        // … and `-2024-` would miss the next year.
        while let sign = prefix.last, "-_.".contains(sign), prefix.dropLast().last?.isNumber == true {
            prefix.removeLast()
            while let last = prefix.last, last.isNumber { prefix.removeLast() }
        }
        if let dot = suffix.firstIndex(of: ".") { suffix = String(suffix[dot...]) }
        return prefix + "*" + suffix
    }
}

extension FileGroup {
    /// A file alone is a part only if its name says a date: `orders-2024-01.csv` is, `iso3166.csv` is not.
    fileprivate var named: FileGroup {
        guard files.count == 1, let file = files.first else { return self }
        let name = FileGrouping.bare(FileGrouping.fileName(file.path))
        let dated = /^(.+?)[-_. ]+(?:19|20)[0-9]{2}(?:[-_.]?[0-9]{2}){0,2}$/
        var group = self
        group.stem = name.wholeMatch(of: dated).map { String($0.output.1) } ?? name
        return group
    }

    /// The group's files, each as a group of its own under its whole name.
    var apart: [FileGroup] {
        files.map { FileGroup(stem: FileGrouping.bare(FileGrouping.fileName($0.path)), format: format, files: [$0]) }
    }
}
