/// What the gate does with the rows that break a rule of severity error.
public enum OnFail: String, Sendable, Hashable, Codable, CaseIterable {
    /// The rows leave the load for quarantine, and the others are published.
    case quarantine
    /// Nothing is published.
    case stop
    /// Everything is published, and the outcome is reported.
    case warn
}

/// How much a broken rule matters.
public enum Severity: String, Sendable, Hashable, Codable, CaseIterable {
    /// The rule decides about its rows (``OnFail``).
    case error
    /// The rule is counted and reported, and never removes a row or stops a load.
    case warn
    /// Like ``warn``, and not worth a warning.
    case info

    /// ODCS leaves the words free: those Weir does not know are taken as ``error``, because a rule must not
    /// become weaker through a word.
    public init(contract word: String) {
        switch word.lowercased() {
        case "warn", "warning": self = .warn
        case "info", "information", "informational", "notice": self = .info
        default: self = .error
        }
    }
}
