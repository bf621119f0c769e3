import Foundation
import WeirCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The project's folder as the file tools see it: nothing outside of it can be reached.
///
/// A path is walked from the folder's own descriptor, one name at a time, and no name may be a link (`O_NOFOLLOW`).
/// So it makes no difference what somebody puts in a folder's place between a check and its use: there is no check.
struct ProjectFolder: Sendable {
    /// Absolute, without links.
    let root: String

    init(root: String) {
        self.root =
            realpath(root, nil).map { pointer in
                defer { free(pointer) }
                return String(cString: pointer)
            } ?? root
    }

    /// The names of a path inside the project. Absolute paths are taken when they lie in the project.
    ///
    /// - Throws: `file.outside`, `file.bad-name`.
    func names(_ path: String) throws -> [String] {
        var path = path
        if path.hasPrefix("/") {
            guard path == root || path.hasPrefix(root + "/") else { throw Self.outside(path) }
            path = String(path.dropFirst(root.count))
        }
        if path.utf8.contains(0) { throw WeirError("file.bad-name", "a file's name has no zero byte in it") }
        var names: [String] = []
        for name in path.split(separator: "/") where name != "." {
            if name == ".." {
                // `a/../b` would follow a link named `a`; as words it is only `b`.
                guard names.popLast() != nil else { throw Self.outside(path) }
            } else {
                names.append(String(name))
            }
        }
        return names
    }

    static func outside(_ path: String) -> WeirError {
        WeirError(
            "file.outside", "\(path) lies outside of the project",
            hint: "the file tools work in the project's folder only; paths are relative to it")
    }

    // MARK: Walking

    /// The descriptor of a folder, for as long as `body` runs.
    func withFolder<R>(_ names: some Collection<String>, makes: Bool = false, _ body: (Int32) throws -> R) throws -> R {
        var folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder < 0 { throw Self.failure(".", errno) }
        defer { close(folder) }
        var walked = ""
        for name in names {
            walked += walked.isEmpty ? name : "/\(name)"
            if makes, mkdirat(folder, name, 0o755) != 0, errno != EEXIST { throw Self.failure(walked, errno) }
            let next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            if next < 0 {
                let code = errno
                throw Self.isLink(folder, name) ? Self.link(walked) : Self.failure(walked, code)
            }
            close(folder)
            folder = next
        }
        return try body(folder)
    }

    private static func isLink(_ folder: Int32, _ name: String) -> Bool {
        var found = stat()
        return fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) == 0 && found.st_mode & S_IFMT == S_IFLNK
    }

    private static func link(_ path: String) -> WeirError {
        WeirError(
            "file.link", "\(path) is a link, and the file tools follow none", hint: "name the file that it points to")
    }

    static func failure(_ path: String, _ code: Int32) -> WeirError {
        switch code {
        case ENOENT: WeirError("file.missing", "there is no \(path)")
        case ENOTDIR: WeirError("file.no-folder", "\(path) is no folder")
        case ELOOP: link(path)
        default:
            WeirError("file.failed", "\(path): \(String(cString: strerror(code)))", outcome: .systemFailed)
        }
    }

    // MARK: Files

    /// The first bytes of a file, and how many it has.
    func read(_ path: String, limit: Int) throws -> (bytes: [UInt8], size: Int) {
        let names = try names(path)
        guard let name = names.last else { throw WeirError("file.is-folder", "\(path) is a folder") }
        return try withFolder(names.dropLast()) { folder in
            // Without O_NONBLOCK opening a pipe would wait for whoever writes into it.
            let file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK)
            if file < 0 { throw errno == ELOOP ? Self.link(path) : Self.failure(path, errno) }
            defer { close(file) }
            var found = stat()
            guard fstat(file, &found) == 0 else { throw Self.failure(path, errno) }
            if found.st_mode & S_IFMT == S_IFDIR {
                throw WeirError("file.is-folder", "\(path) is a folder", hint: "LS lists it")
            }
            guard found.st_mode & S_IFMT == S_IFREG else { throw WeirError("file.no-file", "\(path) is no plain file") }
            let size = Int(found.st_size)
            let wanted = min(size, limit)
            var failure: Int32?
            let bytes = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
                while count < wanted, let start = buffer.baseAddress {
                    let got = Self.read(file, start + count, wanted - count)
                    if got < 0 { failure = errno }
                    if got <= 0 { break }
                    count += got
                }
            }
            if let failure { throw Self.failure(path, failure) }
            return (bytes, size)
        }
    }

    private static func read(_ file: Int32, _ start: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.read(file, start, count)
        #else
            Darwin.read(file, start, count)
        #endif
    }

    /// Whether something is there, a link included.
    func exists(_ path: String) throws -> Bool {
        let names = try names(path)
        guard let name = names.last else { return true }
        do {
            return try withFolder(names.dropLast()) { folder in
                var found = stat()
                return fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) == 0
            }
        } catch let error as WeirError where error.code == "file.missing" { return false }
    }

    /// Puts a whole file in its place, or leaves what was there.
    func write(_ path: String, _ bytes: [UInt8]) throws {
        let names = try names(path)
        guard let name = names.last else { throw WeirError("file.is-folder", "\(path) is a folder") }
        try withFolder(names.dropLast(), makes: true) { folder in
            var mode: mode_t = 0o644
            var old = stat()
            if fstatat(folder, name, &old, AT_SYMLINK_NOFOLLOW) == 0 {
                switch old.st_mode & S_IFMT {
                case S_IFREG: mode = old.st_mode & 0o777
                case S_IFLNK: throw Self.link(path)
                default: throw WeirError("file.no-file", "\(path) is no plain file")
                }
            }
            let temporary = ".weir-\(UUID().uuidString).tmp"
            let file = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
            if file < 0 { throw Self.failure(path, errno) }
            var isPlaced = false
            defer {
                close(file)
                if !isPlaced { unlinkat(folder, temporary, 0) }
            }
            var written = 0
            while written < bytes.count {
                let count = bytes.withUnsafeBytes { buffer in
                    buffer.baseAddress.map { Self.write(file, $0 + written, bytes.count - written) } ?? 0
                }
                if count < 0 {
                    if errno == EINTR { continue }
                    throw Self.failure(path, errno)
                }
                written += count
            }
            guard fsync(file) == 0, renameat(folder, temporary, folder, name) == 0 else {
                throw Self.failure(path, errno)
            }
            isPlaced = true
        }
    }

    private static func write(_ file: Int32, _ start: UnsafeRawPointer, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(file, start, count)
        #else
            Darwin.write(file, start, count)
        #endif
    }

    // MARK: Folders

    struct Entry: Sendable, Hashable {
        enum Kind: String, Sendable { case file, folder, link, other }
        var name: String
        var kind: Kind
        var size: Int
        var modified: Int
    }

    /// What a folder holds, by name.
    func list(_ names: [String]) throws -> [Entry] {
        try withFolder(names) { folder in
            // The stream closes its descriptor, so it gets one of its own.
            let copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard copy >= 0, let stream = fdopendir(copy) else {
                throw Self.failure(names.joined(separator: "/"), errno)
            }
            defer { closedir(stream) }
            var entries: [Entry] = []
            while let item = readdir(stream) {
                let name = withUnsafePointer(to: &item.pointee.d_name) { pointer in
                    pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name == "." || name == ".." { continue }
                var found = stat()
                guard fstatat(folder, name, &found, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
                let kind: Entry.Kind =
                    switch found.st_mode & S_IFMT {
                    case S_IFREG: .file
                    case S_IFDIR: .folder
                    case S_IFLNK: .link
                    default: .other
                    }
                #if canImport(Glibc)
                    let modified = Int(found.st_mtim.tv_sec)
                #else
                    let modified = Int(found.st_mtimespec.tv_sec)
                #endif
                entries.append(Entry(name: name, kind: kind, size: Int(found.st_size), modified: modified))
            }
            return entries.sorted { $0.name < $1.name }
        }
    }
}
