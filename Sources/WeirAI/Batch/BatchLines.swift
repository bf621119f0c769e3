import WeirCore

/// Files of lines that are JSON each.
enum BatchLines {
    static func read(_ bytes: [UInt8]) throws -> [JSONValue] {
        try bytes.split(separator: 0x0A).filter { !$0.allSatisfy { $0 == 0x0D || $0 == 0x20 } }.map { line in
            guard let value = JSONValue(parsing: Array(line)) else {
                throw AIFault(.garbled, "a line of the batch's answers is not JSON")
            }
            return value
        }
    }

    static func write(_ lines: [JSONValue]) -> [UInt8] { lines.reduce(into: []) { $0 += $1.bytes + [0x0A] } }
}
