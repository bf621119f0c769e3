import Foundation

/// Tells a living process from one that died and whose number was given to another.
public enum ProcessIdentity {
    /// The number of this process.
    public static var current: Int32 { ProcessInfo.processInfo.processIdentifier }

    /// True when the process that had the number at `moment` is still there.
    ///
    /// A number is used again, in a container even at once (every first process is 1), so a process that
    /// started after the moment is another one. Where the start cannot be known the number alone decides.
    public static func isAlive(_ pid: Int32, since moment: Date) -> Bool {
        if pid <= 0 { return false }
        // EPERM means that it exists and belongs to somebody else.
        if kill(pid, 0) != 0, errno != EPERM { return false }
        guard let start = startTime(of: pid) else { return true }
        // The boot time that the start is counted from is known to the second only.
        return start <= moment.addingTimeInterval(2)
    }

    /// When the process started, on Linux.
    static func startTime(of pid: Int32) -> Date? {
        #if os(Linux)
            guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let boot = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
                // The command's name stands in parentheses and may hold spaces and parentheses itself.
                let close = stat.lastIndex(of: ")")
            else { return nil }
            let fields = stat[stat.index(after: close)...].split(separator: " ")
            let bootLine = boot.split(separator: "\n").first { $0.hasPrefix("btime ") }
            guard fields.count > 19, let ticks = Double(fields[19]),
                let booted = bootLine.flatMap({ Double($0.dropFirst(6)) })
            else { return nil }
            return Date(timeIntervalSince1970: booted + ticks / Double(max(1, sysconf(Int32(_SC_CLK_TCK)))))
        #else
            return nil
        #endif
    }
}
