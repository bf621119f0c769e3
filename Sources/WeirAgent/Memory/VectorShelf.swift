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
            return Self.best(asked, shelf, dimensions, limit)
        }
    }

    private static func best(_ asked: [Float], _ shelf: Shelf, _ dimensions: Int, _ limit: Int) -> [Hit] {
        var best: [(likeness: Float, index: Int)] = []
        asked.withUnsafeBufferPointer { asked in
            shelf.numbers.withUnsafeBufferPointer { numbers in
                for index in shelf.stamps.indices {
                    let likeness = product(asked, numbers, from: index * dimensions)
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
        _ a: UnsafeBufferPointer<Float>, _ b: UnsafeBufferPointer<Float>, from start: Int
    ) -> Float {
        var sums = SIMD8<Float>()
        var index = 0
        while index + 8 <= a.count {
            var left = SIMD8<Float>()
            var right = SIMD8<Float>()
            for lane in 0..<8 {
                left[lane] = a[index + lane]
                right[lane] = b[start + index + lane]
            }
            sums += left * right
            index += 8
        }
        var sum = sums.sum()
        while index < a.count {
            sum += a[index] * b[start + index]
            index += 1
        }
        return sum
    }

    private static func unit(_ vector: [Float]) -> [Float] {
        let length = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return length > 0 ? vector.map { $0 / length } : vector
    }
}
