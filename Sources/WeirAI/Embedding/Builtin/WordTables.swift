/// Numbers of short byte strings, compared byte by byte.
///
/// Swift's own dictionary of texts would take an "é" of one code point and one of two for the same, and a vocabulary
/// holds both.
struct ByteTable: Sendable {
    private var slots: [Int32]
    private var ends: [Int32] = []
    private var bytes: [UInt8] = []
    private var numbers: [Int32] = []

    init(capacity: Int) {
        slots = [Int32](repeating: -1, count: PairTable.size(for: capacity))
    }

    var count: Int { numbers.count }

    mutating func set(_ key: [UInt8], _ number: Int32) {
        let slot = slot(of: key)
        if slots[slot] >= 0 {
            numbers[Int(slots[slot])] = number
            return
        }
        slots[slot] = Int32(numbers.count)
        numbers.append(number)
        bytes += key
        ends.append(Int32(bytes.count))
    }

    subscript(key: some Collection<UInt8>) -> Int32? {
        let found = slots[slot(of: key)]
        return found < 0 ? nil : numbers[Int(found)]
    }

    func forEach(_ body: (ArraySlice<UInt8>, Int32) -> Void) {
        for index in numbers.indices { body(bytes[range(index)], numbers[index]) }
    }

    /// Where the key stands, or would.
    private func slot(of key: some Collection<UInt8>) -> Int {
        // FNV-1a.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var slot = Int(hash >> 16) & (slots.count - 1)
        while slots[slot] >= 0, !bytes[range(Int(slots[slot]))].elementsEqual(key) {
            slot = (slot + 1) & (slots.count - 1)
        }
        return slot
    }

    private func range(_ index: Int) -> Range<Int> { Int(index == 0 ? 0 : ends[index - 1])..<Int(ends[index]) }
}

/// What two neighbouring pieces become, and how early.
struct PairTable: Sendable {
    struct Merge: Sendable {
        let rank: Int32
        let piece: Int32
    }

    private static let empty = UInt64.max
    private var keys: [UInt64]
    private var merges: [Merge]

    init(capacity: Int) {
        let size = Self.size(for: capacity)
        keys = [UInt64](repeating: Self.empty, count: size)
        merges = [Merge](repeating: Merge(rank: 0, piece: 0), count: size)
    }

    /// A power of two, at most half full.
    static func size(for capacity: Int) -> Int { 1 << (Int.bitWidth - max(8, capacity * 2 - 1).leadingZeroBitCount) }

    mutating func set(_ left: Int32, _ right: Int32, _ merge: Merge) {
        let slot = slot(Self.key(left, right))
        keys[slot] = Self.key(left, right)
        merges[slot] = merge
    }

    subscript(left: Int32, right: Int32) -> Merge? {
        let slot = slot(Self.key(left, right))
        return keys[slot] == Self.empty ? nil : merges[slot]
    }

    private static func key(_ left: Int32, _ right: Int32) -> UInt64 {
        UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
    }

    private func slot(_ key: UInt64) -> Int {
        var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & (keys.count - 1)
        while keys[slot] != Self.empty, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
        return slot
    }
}
