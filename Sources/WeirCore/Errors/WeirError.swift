/// How a command ended, as its process exit code.
public enum Outcome: Int32, Sendable, Codable {
    /// Everything asked for was done.
    case done = 0
    /// The work ran, and the data did not pass a gate.
    case gateFailed = 1
    /// The command line, the project or a contract is wrong.
    case wrongUsage = 2
    /// A database, a disk, a network or Weir itself failed.
    case systemFailed = 3
}

/// The one error type of Weir: what happened, where, and what to do about it.
///
/// `code` is stable and meant for programs (`contract.unknown-column`); `message` and `hint` are meant
/// for people and may be reworded. An error that stands for several mistakes found together carries them
/// in `causes`, so that a person sees all of them at once.
///
/// ```swift
/// throw WeirError("source.no-files", "no file matches data/*.csv", hint: "check the glob")
/// ```
public struct WeirError: Error, Sendable, Hashable {
    /// Stable identifier, `area.what`.
    public var code: String
    /// One sentence: what happened.
    public var message: String
    /// What to do about it, when that is known.
    public var hint: String?
    /// Where it happened.
    public var place: Place?
    /// The lines of the file around the place, with a marker under the offending text.
    public var frame: String?
    /// True when trying again later may succeed (a reset connection, a busy server).
    public var isTransient: Bool
    /// The exit code that this error leads to.
    public var outcome: Outcome
    /// The separate mistakes this error stands for.
    public var causes: [WeirError]

    public init(
        _ code: String, _ message: String, hint: String? = nil, at place: Place? = nil,
        frame: String? = nil, isTransient: Bool = false, outcome: Outcome = .wrongUsage,
        causes: [WeirError] = []
    ) {
        self.code = code
        self.message = message
        self.hint = hint
        self.place = place
        self.frame = frame
        self.isTransient = isTransient
        self.outcome = outcome
        self.causes = causes
    }

    /// One error for several mistakes. A single mistake stays itself.
    public static func gathering(
        _ code: String, _ summary: (Int) -> String, _ causes: [WeirError]
    ) -> WeirError {
        if causes.count == 1 { return causes[0] }
        let worst = causes.map(\.outcome.rawValue).max().flatMap(Outcome.init(rawValue:)) ?? .wrongUsage
        return WeirError(code, summary(causes.count), outcome: worst, causes: causes)
    }
}

extension WeirError: CustomStringConvertible {
    /// The message with its place in front, on one line.
    public var description: String {
        let at = place.map { "\($0): " } ?? ""
        return "\(at)\(message) [\(code)]"
    }
}

extension WeirError: Encodable {
    private enum Key: String, CodingKey {
        case code, message, hint, place, transient, errors
    }

    public func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: Key.self)
        try box.encode(code, forKey: .code)
        try box.encode(message, forKey: .message)
        try box.encodeIfPresent(hint, forKey: .hint)
        try box.encodeIfPresent(place, forKey: .place)
        if isTransient { try box.encode(true, forKey: .transient) }
        if !causes.isEmpty { try box.encode(causes, forKey: .errors) }
    }
}
