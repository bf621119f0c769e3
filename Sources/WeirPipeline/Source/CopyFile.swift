import Foundation
import WeirCore

/// A temporary text file, written line by line.
final class CopyFile {
    private let handle: FileHandle
    private var buffer = Data(capacity: 1 << 20)

    init(_ path: String) throws {
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: path).deletingLastPathComponent(), withIntermediateDirectories: true)
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let handle = FileHandle(forWritingAtPath: path)
        else { throw WeirError("system.cannot-write", "\(path) cannot be written", outcome: .systemFailed) }
        self.handle = handle
    }

    func write(line: some Collection<UInt8>) throws {
        buffer.append(contentsOf: line)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count > 1 << 20 { try flush() }
    }

    func flush() throws {
        try handle.write(contentsOf: buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    func close() { try? handle.close() }
}
