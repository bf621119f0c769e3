/// A version of the Open Data Contract Standard, v3.0.0 to v3.2.0.
public struct StandardVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let minor: Int
    public let patch: Int

    public static let v300 = StandardVersion(minor: 0, patch: 0)
    public static let v301 = StandardVersion(minor: 0, patch: 1)
    public static let v302 = StandardVersion(minor: 0, patch: 2)
    public static let v310 = StandardVersion(minor: 1, patch: 0)
    public static let v320 = StandardVersion(minor: 2, patch: 0)

    /// The version that contracts are written in when nothing in them needs a later one.
    public static let written = v310

    init(minor: Int, patch: Int) {
        self.minor = minor
        self.patch = patch
    }

    /// Reads `v3.1.0` or `3.1.0`; nil for versions that Weir does not read.
    public init?(_ text: String) {
        let parts = text.trimmingPrefix("v").split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, parts[0] == 3, let minor = parts[1], (0...2).contains(minor), let patch = parts[2],
            patch >= 0
        else { return nil }
        self.init(minor: minor, patch: patch)
    }

    public var description: String { "v3.\(minor).\(patch)" }

    public static func < (a: Self, b: Self) -> Bool { (a.minor, a.patch) < (b.minor, b.patch) }
}
