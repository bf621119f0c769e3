import Synchronization
import WeirStore

/// The vectors of a store's memories in memory, brought up to date before each look: other processes write too.
final class VectorShelf: Sendable {
    private struct Shelf {
        var stamp: Int64 = 0
        var stamps: [Int64] = []
        var memories: [String] = []
        /// One after the other, each of length one.
        var numbers: [Float] = []
    }

    private let space: String
    private let dimensions: Int
    private let shelf = Mutex(Shelf())
    /// Every active memory has been looked at for a vector.
    let isFilled = Atomic(false)

    init(space: String, dimensions: Int) {
        self.space = space
        self.dimensions = dimensions
    }

    /// A vector that was replaced or belongs to one that is no longer active may be among them.
    struct Hit: Sendable {
        let stamp: Int64
        let memory: String
        /// Cosine, from -1 to 1.
        let likeness: Float
    }

    /// The nearest ones, the nearest first.
    func nearest(_ vector: [Float], limit: Int, in store: StateStore) async throws -> [Hit] {
        guard vector.count == dimensions else { return [] }
        let known = shelf.withLock { $0.stamp }
        let rows = try await store.memoryVectors(space: space, after: known)
        let asked = Self.unit(vector)
        return shelf.withLock { shelf in
            for row in rows where row.stamp > shelf.stamp && row.numbers.count == dimensions {
                shelf.stamps.append(row.stamp)
                shelf.memories.append(row.memory)
                shelf.numbers += Self.unit(row.numbers)
                shelf.stamp = row.stamp
            }
            return Self.best(asked, shelf, limit)
        }
    }

    private static func best(_ asked: [Float], _ shelf: Shelf, _ limit: Int) -> [Hit] {
        var best: [(likeness: Float, index: Int)] = []
        asked.withUnsafeBytes { asked in
            shelf.numbers.withUnsafeBytes { numbers in
                for index in shelf.stamps.indices {
                    let likeness = product(asked, numbers, from: index * asked.count)
                    if best.count == limit, let least = best.last, likeness <= least.likeness { continue }
                    let place = best.firstIndex { $0.likeness < likeness } ?? best.count
                    best.insert((likeness, index), at: place)
                    if best.count > limit { best.removeLast() }
                }
            }
        }
        return best.map { Hit(stamp: shelf.stamps[$0.index], memory: shelf.memories[$0.index], likeness: $0.likeness) }
    }

    /// Eight sums side by side, which the compiler keeps in one register.
    private static func product(
        _ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer, from start: Int
    ) -> Float {
        var sums = SIMD8<Float>()
        var offset = 0
        while offset + 32 <= a.count {
            sums +=
                a.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
                * b.loadUnaligned(fromByteOffset: start + offset, as: SIMD8<Float>.self)
            offset += 32
        }
        var sum = sums.sum()
        while offset < a.count {
            sum +=
                a.loadUnaligned(fromByteOffset: offset, as: Float.self)
                * b.loadUnaligned(fromByteOffset: start + offset, as: Float.self)
            offset += 4
        }
        return sum
    }

    private static func unit(_ vector: [Float]) -> [Float] {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? vector.map { $0 / length } : vector
    }
}
