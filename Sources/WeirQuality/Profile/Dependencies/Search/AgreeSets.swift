/// The sets of columns in which two rows were seen to agree. Each rules out dependencies: from columns inside of it to
/// columns outside.
struct AgreeSets {
    private var slots: [UInt64]
    /// Every set once, in the order in which they were found.
    private(set) var sets: [UInt64] = []
    /// A pattern of bits that no set has, because the highest bit stands for the row itself.
    private static let empty = UInt64.max

    init() { slots = [UInt64](repeating: Self.empty, count: 4096) }

    /// - Returns: true when the set is new.
    @discardableResult
    mutating func add(_ set: UInt64) -> Bool {
        let mask = slots.count - 1
        var place = Int(truncatingIfNeeded: (set &* 0x9E37_79B9_7F4A_7C15) >> 24) & mask
        while true {
            let found = slots[place]
            if found == set { return false }
            if found == Self.empty { break }
            place = (place + 1) & mask
        }
        slots[place] = set
        sets.append(set)
        if sets.count * 2 > slots.count { grow() }
        return true
    }

    private mutating func grow() {
        slots = [UInt64](repeating: Self.empty, count: slots.count * 2)
        let mask = slots.count - 1
        for set in sets {
            var place = Int(truncatingIfNeeded: (set &* 0x9E37_79B9_7F4A_7C15) >> 24) & mask
            while slots[place] != Self.empty { place = (place + 1) & mask }
            slots[place] = set
        }
    }
}
