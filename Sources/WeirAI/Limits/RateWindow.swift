/// How much of one thing (requests, tokens) may be used in any minute. Pure; the caller tells the time.
///
/// What is under way always counts. What was answered counts for a minute from a moment that is not before the server
/// saw it. So whichever way the server measures (a sliding minute, one by the clock, a bucket that refills) it never
/// sees more than the limit in a minute. Above a tenth of the limit, use is spread evenly, because servers also mind
/// bursts.
struct RateWindow: Sendable {
    private(set) var limit: Int64?
    /// Set by the user: the server's word may lower it and never raise it.
    private let ceiling: Int64?
    private var slots: [(slot: Int64, amount: Int64)] = []
    private var first = 0
    private var counted: Int64 = 0
    private var underWay: Int64 = 0
    private var paceUntil = Duration.zero
    /// Used by others with the same key, as far as the server tells.
    private var foreign: (amount: Int64, until: Duration) = (0, .zero)

    /// The most that was counted lately.
    private var peak: (amount: Int64, at: Duration) = (0, .zero)

    /// A server's figures may be that old when they are read.
    private static let answerTime = Duration.seconds(15)
    static let minute = Duration.seconds(60)
    /// Use is added up in pieces of this length.
    private static let piece: Int64 = 250

    init(limit: Int? = nil) {
        ceiling = limit.map(Int64.init)
        self.limit = ceiling
    }

    private mutating func expire(_ now: Duration) {
        // One piece more than the minute: a use at the end of its piece must be a minute old too.
        let oldest = (now.milliseconds - 60_000) / Self.piece - 1
        while first < slots.count, slots[first].slot <= oldest {
            counted -= slots[first].amount
            first += 1
        }
        if first > 1024 {
            slots.removeFirst(first)
            first = 0
        }
        if foreign.until <= now { foreign.amount = 0 }
    }

    /// What counts at this moment.
    mutating func used(_ now: Duration) -> Int64 {
        expire(now)
        return counted + underWay + foreign.amount
    }

    /// How long to wait before an amount may be used; zero when it may be now, nil when only an answer to what is under
    /// way can tell.
    mutating func wait(for amount: Int64, now: Duration) -> Duration? {
        guard let limit else { return .zero }
        let used = used(now)
        // More than a whole minute's worth goes when nothing else does: it would never fit.
        let fits = used + amount <= limit || (used == 0 && amount > limit)
        if fits { return paceUntil > now && used * 10 >= limit ? paceUntil - now : .zero }
        var excess = used + amount - limit
        if amount > limit { excess = used }
        if foreign.amount > 0, foreign.amount >= excess || counted == 0 {
            return max(.milliseconds(1), foreign.until - now)
        }
        for index in first..<slots.count {
            excess -= slots[index].amount
            if excess <= 0 {
                let free = (slots[index].slot + 1) * Self.piece + 60_000
                return max(.milliseconds(1), .milliseconds(free) - now)
            }
        }
        return foreign.amount > 0 ? max(.milliseconds(1), foreign.until - now) : nil
    }

    /// Takes an amount for a request that is being sent.
    mutating func take(_ amount: Int64, now: Duration) {
        underWay += amount
        guard let limit, limit > 0 else { return }
        let share = Self.minute * Double(amount) / Double(limit)
        // A twentieth faster than even, so that the limit itself decides and not this; what a late wake-up lost is
        // caught up.
        paceUntil = max(paceUntil, now - .seconds(2)) + share / 1.05
        let own = counted + underWay
        if own >= peak.amount || now - peak.at > Self.answerTime { peak = (own, now) }
    }

    /// A request that took `taken` turned out to have used `used`, and the server saw it no later than at `moment`.
    mutating func settle(taken: Int64, used: Int64, moment: Duration) {
        underWay -= taken
        if used == 0 { return }
        let slot = moment.milliseconds / Self.piece
        counted += used
        if let last = slots.indices.last, last >= first, slots[last].slot >= slot {
            slots[last].amount += used
        } else {
            slots.append((slot, used))
        }
    }

    /// What the server's headers tell.
    mutating func learn(limit told: Int64?, remaining: Int64?, reset: Duration?, now: Duration) {
        if let told, told > 0 { limit = min(told, ceiling ?? told) }
        guard let limit, let remaining, remaining >= 0, remaining <= limit else { return }
        // The figures were true when the server saw the request; what has expired here since then is no stranger's.
        let base = max(used(now) - foreign.amount, now - peak.at <= Self.answerTime ? peak.amount : 0)
        let others = (told ?? limit) - remaining - base
        if others > 0 {
            foreign = (others, now + min(reset ?? Self.minute, Self.minute))
        } else {
            foreign.amount = 0
        }
    }
}
