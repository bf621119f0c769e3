import Foundation

/// An item of the task list, as it is kept.
public struct TaskRecord: Sendable, Hashable {
    /// Zero for one that is new.
    public var id: Int64
    public var parent: Int64?
    /// Its place among those of its parent.
    public var position: Int
    public var content: String
    public var activeForm: String?
    public var status: String
    /// What holds it up, and what that means for the data.
    public var reason: String?
    public var impact: String?
    /// `agent` or `person`.
    public var origin: String
    public var session: String?
    /// The agent that it was given to.
    public var handedTo: String?
    public var handedAt: Date?
    public var createdAt: Date
    public var changedAt: Date

    public init(
        id: Int64 = 0, parent: Int64? = nil, position: Int, content: String, activeForm: String? = nil, status: String,
        reason: String? = nil, impact: String? = nil, origin: String, session: String? = nil, handedTo: String? = nil,
        handedAt: Date? = nil, createdAt: Date, changedAt: Date
    ) {
        self.id = id
        self.parent = parent
        self.position = position
        self.content = content
        self.activeForm = activeForm
        self.status = status
        self.reason = reason
        self.impact = impact
        self.origin = origin
        self.session = session
        self.handedTo = handedTo
        self.handedAt = handedAt
        self.createdAt = createdAt
        self.changedAt = changedAt
    }
}
