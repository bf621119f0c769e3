import Foundation
import WeirCore

/// The name of a run: `20261123-160102-4f2a`.
///
/// It sorts by time, can be typed, and is safe in file names. Four random hexadecimal digits keep apart the runs
/// of one second.
public enum RunID {
    /// A new id. `random` is there for tests.
    public static func make(at date: Date = Date(), random: UInt16 = UInt16.random(in: .min ... .max)) -> String {
        let digits = String(random, radix: 16)
        return "\(UTC.compact(date))-\(String(repeating: "0", count: 4 - digits.count))\(digits)"
    }
}
