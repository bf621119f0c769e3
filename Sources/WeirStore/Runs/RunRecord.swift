import Foundation
import WeirCore

/// How a run stands or ended.
public enum RunStatus: String, Sendable, Codable, CaseIterable {
    case running
    case succeeded
    /// Something broke: a database, a disk, a statement.
    case failed
    /// The work ran, and the data did not pass.
    case gateFailed = "gate_failed"
    /// Stopped on request.
    case cancelled
    /// The process died without saying how the run ended.
    case interrupted
}

/// One run of a command that works on the warehouse.
public struct RunRecord: Sendable, Hashable, Codable {
    /// ``RunID``.
    public var id: String
    public var project: String
    /// Nil is production.
    public var environment: String?
    /// The command line as typed.
    public var command: String
    public var startedAt: Date
    public var finishedAt: Date?
    public var status: RunStatus
    /// What went wrong, for people.
    public var error: String?
    public var user: String
    public var host: String
    public var pid: Int32
    public var weirVersion: String

    /// A run that starts now, in this process. Times are kept to the millisecond.
    public init(
        id: String = RunID.make(), project: String, environment: String? = nil, command: String,
        startedAt: Date = Date(), finishedAt: Date? = nil, status: RunStatus = .running, error: String? = nil,
        user: String = NSUserName(), host: String = ProcessInfo.processInfo.hostName,
        pid: Int32 = ProcessIdentity.current, weirVersion: String
    ) {
        self.id = id
        self.project = project
        self.environment = environment
        self.command = command
        self.startedAt = UTC.rounded(startedAt)
        self.finishedAt = finishedAt.map(UTC.rounded)
        self.status = status
        self.error = error
        self.user = user
        self.host = host
        self.pid = pid
        self.weirVersion = weirVersion
    }
}
