import Foundation
import WeirCore

/// The id of a call: a UUID of version 7 (RFC 9562), whose first digits are the time, so that the ledger's index of them
/// grows at its end.
enum CallID {
    static func new(at date: Date = Date()) -> String {
        var random = SystemRandomNumberGenerator()
        let time = UInt64(max(0, UTC.milliseconds(date)))
        let high = time << 16 | 0x7000 | (random.next() as UInt64) & 0xFFF
        let low = 0x8000_0000_0000_0000 | (random.next() as UInt64) >> 2
        let uuid = withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { UUID(uuid: $0.load(as: uuid_t.self)) }
        return uuid.uuidString.lowercased()
    }
}
