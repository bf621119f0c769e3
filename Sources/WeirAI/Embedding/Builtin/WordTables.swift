import Foundation

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
        let slot = key.withUnsafeBytes { place(of: $0) }
        if slots[slot] >= 0 {
            numbers[Int(slots[slot])] = number
            return
        }
        slots[slot] = Int32(numbers.count)
        numbers.append(number)
        bytes += key
        ends.append(Int32(bytes.count))
    }

    subscript(key: ArraySlice<UInt8>) -> Int32? {
        let found = slots[key.withUnsafeBytes { place(of: $0) }]
        return found < 0 ? nil : numbers[Int(found)]
    }

    var entries: [(key: ArraySlice<UInt8>, number: Int32)] { numbers.indices.map { (bytes[range($0)], numbers[$0]) } }

    /// Where the key stands, or would.
    private func place(of key: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: key)
        var slot = hasher.finalize() & (slots.count - 1)
        bytes.withUnsafeBytes { bytes in
            while slots[slot] >= 0 {
                let known = range(Int(slots[slot]))
                if known.count == key.count, Self.areEqual(bytes, known.lowerBound, key) { return }
                slot = (slot + 1) & (slots.count - 1)
            }
        }
        return slot
    }

    private static func areEqual(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ key: UnsafeRawBufferPointer
    ) -> Bool {
        guard let known = bytes.baseAddress, let wanted = key.baseAddress else { return key.isEmpty }
        return memcmp(known + start, wanted, key.count) == 0
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
