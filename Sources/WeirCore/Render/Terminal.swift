import Foundation

/// What is known of the place that output goes to.
public struct Terminal: Sendable, Hashable {
    /// True when a person reads along; false for files and pipes.
    public let isTerminal: Bool
    /// Columns that fit on a line, or nil when lines may have any length.
    public let width: Int?
    /// True when colours are wanted.
    public let usesColor: Bool
    /// True where the cursor can be moved back, so that a line can be written over: not with `TERM=dumb`.
    public let movesCursor: Bool

    public init(isTerminal: Bool, width: Int?, usesColor: Bool, movesCursor: Bool = true) {
        self.isTerminal = isTerminal
        self.width = width
        self.usesColor = usesColor
        self.movesCursor = movesCursor
    }

    public var style: Style { Style(usesColor: usesColor) }

    public static let plain = Terminal(isTerminal: false, width: nil, usesColor: false, movesCursor: false)

    /// Decides from what the system says; pure, so that it can be tested.
    ///
    /// `NO_COLOR` with any non-empty value switches colours off (no-color.org), `TERM=dumb` too. A file or a
    /// pipe gets no colours and whole lines.
    public static func decide(
        isTerminal: Bool, columns: Int?, environment: [String: String]
    ) -> Terminal {
        guard isTerminal else { return .plain }
        let quiet = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        let told = environment["COLUMNS"].flatMap(Int.init)
        let width = [columns, told].compactMap(\.self).first { $0 > 0 } ?? 80
        let isDumb = environment["TERM"] == "dumb"
        return Terminal(
            isTerminal: true, width: max(20, width), usesColor: !quiet && !isDumb, movesCursor: !isDumb)
    }

    /// Lines that a terminal shows at once; nil where that is not known.
    public static func rows(descriptor: Int32) -> Int? {
        var size = winsize()
        return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_row > 0 ? Int(size.ws_row) : nil
    }

    /// The process's own standard output (1) or standard error (2).
    public static func of(descriptor: Int32) -> Terminal {
        var size = winsize()
        let known = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0
        return decide(
            isTerminal: isatty(descriptor) == 1, columns: known ? Int(size.ws_col) : nil,
            environment: ProcessInfo.processInfo.environment)
    }
}
