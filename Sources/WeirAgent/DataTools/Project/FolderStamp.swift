import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What some files and folders look like from the outside: equal stamps, nothing was written in between.
///
/// A look costs one system call a file, so that it can be taken before every call of a tool.
struct FolderStamp: Sendable, Equatable {
    private struct Mark: Sendable, Equatable {
        var inode: UInt64 = 0
        var size: Int64 = -1
        var seconds = 0
        var nanoseconds = 0
    }

    let paths: [String]
    private let marks: [Mark]
    /// A file was written so shortly before the look that one more change might not show: clocks of file systems
    /// tick every few milliseconds.
    let isFresh: Bool

    init(_ paths: [String]) {
        self.paths = paths
        marks = paths.map(Self.mark)
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let newest = marks.map { Double($0.seconds) + Double($0.nanoseconds) / 1e9 }.max() ?? 0
        isFresh = Double(now.tv_sec) + Double(now.tv_nsec) / 1e9 - newest < 0.05
    }

    /// Whether all is as it was.
    var holds: Bool {
        if isFresh { return false }
        for (path, mark) in zip(paths, marks) where Self.mark(path) != mark { return false }
        return true
    }

    private static func mark(_ path: String) -> Mark {
        var found = stat()
        guard stat(path, &found) == 0 else { return Mark() }
        #if canImport(Darwin)
            let time = found.st_mtimespec
        #else
            let time = found.st_mtim
        #endif
        return Mark(
            inode: UInt64(found.st_ino), size: Int64(found.st_size), seconds: Int(time.tv_sec),
            nanoseconds: Int(time.tv_nsec))
    }
}

extension FolderStamp {
    /// Everything below some folders of a project, and some files; what is not there is looked for all the same.
    static func of(project root: String, folders: [String], files: [String]) -> FolderStamp {
        var paths = files.map { $0.hasPrefix("/") ? $0 : "\(root)/\($0)" }
        for folder in folders {
            paths.append("\(root)/\(folder)")
            let below = (try? FileManager.default.subpathsOfDirectory(atPath: "\(root)/\(folder)")) ?? []
            paths += below.sorted().map { "\(root)/\(folder)/\($0)" }
        }
        return FolderStamp(paths)
    }
}
