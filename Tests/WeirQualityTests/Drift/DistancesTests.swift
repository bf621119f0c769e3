import Testing

@testable import WeirQuality

@Suite("Distances between distributions")
struct DistancesTests {
    private func close(_ a: Double, _ b: Double, within error: Double = 1e-6) -> Bool { abs(a - b) <= error }

    @Test("PSI is the sum of (q − p) ln(q / p)")
    func psi() {
        // (0.3 − 0.5) ln 0.6 + (0.7 − 0.5) ln 1.4
        #expect(close(Distances.psi([50, 50], [30, 70]), 0.169460, within: 1e-5))
        #expect(Distances.psi([1, 2, 3], [10, 20, 30]) == 0)
        #expect(Distances.psi([], []) == 0)
        #expect(Distances.psi([0, 0], [1, 1]) == 0)
        let empty = Distances.psi([100, 0], [50, 50])
        #expect(empty > 1 && empty.isFinite)
    }

    @Test("Jensen–Shannon goes from 0 to 1")
    func jensenShannon() {
        #expect(Distances.jensenShannon([1, 2], [2, 4]) == 0)
        #expect(close(Distances.jensenShannon([1, 0], [0, 1]), 1))
        // scipy.spatial.distance.jensenshannon([0.5, 0.5], [0.9, 0.1], base=2)
        #expect(close(Distances.jensenShannon([5, 5], [9, 1]), 0.383136, within: 1e-5))
    }

    @Test("Kolmogorov–Smirnov of samples and of buckets")
    func kolmogorovSmirnov() {
        #expect(close(Distances.kolmogorovSmirnov(samples: [1, 2, 3, 4], [3, 4, 5, 6]), 0.5))
        #expect(Distances.kolmogorovSmirnov(samples: [1, 1, 2], [1, 1, 2]) == 0)
        #expect(Distances.kolmogorovSmirnov(samples: [], [1]) == 0)
        #expect(close(Distances.kolmogorovSmirnov([10, 0, 10], [0, 10, 10]), 0.5))
        // Kolmogorov's distribution: Q(1.3581) = 0.05, Q(1.6276) = 0.01.
        #expect(close(Distances.kolmogorovSmirnovProbability(1.3581 / 1000, 2e6, 2e6), 0.05, within: 2e-4))
        #expect(close(Distances.kolmogorovSmirnovProbability(1.6276 / 1000, 2e6, 2e6), 0.01, within: 1e-4))
        #expect(Distances.kolmogorovSmirnovProbability(0, 10, 10) == 1)
    }

    @Test("small samples of one distribution are no drift, large ones of two are")
    func threshold() throws {
        let before = ValueSketch(values: ["a": 600, "b": 400])
        let few = try #require(
            DistributionDrift.of("c", now: ValueSketch(values: ["a": 3, "b": 7]), history: [before]))
        #expect(!few.isDrift, "\(few)")
        let many = try #require(
            DistributionDrift.of("c", now: ValueSketch(values: ["a": 300, "b": 700]), history: [before]))
        #expect(many.isDrift && many.moved.first?.bucket == "a")
        // A difference of no size, however certain.
        let tiny = try #require(
            DistributionDrift.of(
                "c", now: ValueSketch(values: ["a": 610_000, "b": 390_000]),
                history: [ValueSketch(values: ["a": 600_000, "b": 400_000])]))
        #expect(!tiny.isDrift)
    }

    @Test("batches that always differ set their own threshold")
    func usual() throws {
        // Weekends have another mix.
        let history = (0..<21).map { day in
            ValueSketch(values: day % 7 >= 5 ? ["web": 800, "shop": 200] : ["web": 400, "shop": 600])
        }
        let weekend = try #require(
            DistributionDrift.of("c", now: ValueSketch(values: ["web": 810, "shop": 190]), history: history))
        #expect(!weekend.isDrift, "\(weekend)")
        let broken = try #require(
            DistributionDrift.of("c", now: ValueSketch(values: ["unknown": 1000]), history: history))
        #expect(broken.isDrift && broken.jensenShannon > 0.9)
    }

    @Test("sketches add up only where their buckets are the same")
    func merge() {
        var sketch = ValueSketch(edges: [1, 2], counts: [1, 2, 3])
        sketch.add(ValueSketch(edges: [1, 2], counts: [10, 20, 30]))
        #expect(sketch.counts == [11, 22, 33])
        sketch.add(ValueSketch(edges: [1, 5], counts: [1, 1, 1]))
        sketch.add(ValueSketch(values: ["a": 1]))
        #expect(sketch.counts == [11, 22, 33] && sketch.size == 66)
        #expect(
            DistributionDrift.of("c", now: sketch, history: [ValueSketch(values: ["a": 1])]) == nil)
    }
}
