import Foundation
import WeirCore

/// Graphs that this process has open: reading one takes as long as a look at every vector, asking it again does not.
actor OpenGraphs {
    static let shared = OpenGraphs()

    /// More than a process is likely to search in turns; each holds its vectors in memory.
    private static let most = 4

    private struct Entry {
        let path: String
        let file: FileMark
        let graph: SearchGraph
    }

    /// A file that was put in the place of another has another number.
    private struct FileMark: Equatable {
        let number: UInt64
        let size: UInt64
        let modified: Date

        init?(_ path: String) {
            guard let facts = try? FileManager.default.attributesOfItem(atPath: path),
                let number = facts[.systemFileNumber] as? NSNumber, let size = facts[.size] as? NSNumber,
                let modified = facts[.modificationDate] as? Date
            else { return nil }
            self.number = number.uint64Value
            self.size = size.uint64Value
            self.modified = modified
        }
    }

    /// The one used last comes last.
    private var entries: [Entry] = []

    /// The graph in a file; nil where it is missing, broken or another's.
    func graph(_ path: String, mark: String) async -> SearchGraph? {
        let file = FileMark(path)
        if let known = entries.firstIndex(where: { $0.path == path }) {
            let entry = entries.remove(at: known)
            if entry.file == file {
                entries.append(entry)
                return entry.graph
            }
        }
        guard let file, let graph = await SearchGraph.open(path, mark: mark) else { return nil }
        entries.removeAll { $0.path == path }
        entries.append(Entry(path: path, file: file, graph: graph))
        if entries.count > Self.most { entries.removeFirst() }
        return graph
    }
}
