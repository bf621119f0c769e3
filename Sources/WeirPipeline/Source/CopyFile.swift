import Foundation
import WeirConnect

/// A temporary text file, written line by line.
final class CopyFile {
    private let handle: FileHandle
    private var buffer = Data(capacity: 1 << 20)

    init(_ path: String) throws {
        handle = try FileHandle.writing(anew: path)
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
