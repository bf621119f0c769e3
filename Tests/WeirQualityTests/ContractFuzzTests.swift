import Foundation
import Testing
import WeirCore

@testable import WeirQuality

/// A small generator with a seed, so that a failure can be repeated (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func next(upTo limit: Int) -> Int { limit <= 0 ? 0 : Int(next() % UInt64(limit)) }
}

@Suite("A contract that someone broke")
struct ContractFuzzTests {
    /// More with WEIR_FUZZ_ROUNDS.
    private static let rounds = ProcessInfo.processInfo.environment["WEIR_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 150

    @Test("is read or refused with a place, and never crashes or hangs", arguments: [1, 2, 3, 4] as [UInt64])
    func mutations(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        for _ in 0..<Self.rounds {
            var text = Sample.full
            for _ in 0...random.next(upTo: 4) { text = Self.mutate(text, &random) }
            let (contract, problems) = Sample.load(text)
            #expect(contract != nil || !problems.isEmpty, "\(text)")
            #expect(problems.allSatisfy { $0.place?.line ?? 0 >= 1 }, "\(problems)")
            guard let table = contract?.tables.first else { continue }
            let columns = table.columns.map { Column(name: $0.columnName, type: $0.declaredType ?? "VARCHAR") }
            let plan = AuditPlan.compile(table, columns: columns, table: TableName(schema: "a", table: "b"))
            #expect(Set(table.rules.map(\.id)).count == table.rules.count)
            #expect(plan.scan.hasPrefix("CREATE OR REPLACE TEMP TABLE"))
        }
    }

    private static let bits = [
        "null", "~", "-1", "1e999", "[]", "{}", "[[[]]]", "'", "\"", "\t", ": ", "- ", "#", "&a *a", "*b", "!!int x",
        "%", "\u{0}", "\u{FEFF}",
        "9223372036854775808", "${X}", "é", "\r\n", "|", ">", "? ", "true", "2013-02-30", "(?=", ".", "/",
        "schema//properties/",
    ]

    private static func mutate(_ text: String, _ random: inout SeededRandom) -> String {
        var lines = text.components(separatedBy: "\n")
        let at = random.next(upTo: lines.count)
        switch random.next(upTo: 8) {
        case 0: lines.remove(at: at)
        case 1: lines.insert(lines[random.next(upTo: lines.count)], at: at)
        case 2: lines.swapAt(at, random.next(upTo: lines.count))
        case 3: lines[at] = String(repeating: " ", count: random.next(upTo: 8)) + lines[at]
        case 4: lines[at] = String(lines[at].prefix(random.next(upTo: lines[at].count + 1)))
        case 5:
            var characters = Array(lines[at])
            characters.insert(
                contentsOf: bits[random.next(upTo: bits.count)], at: random.next(upTo: characters.count + 1))
            lines[at] = String(characters)
        case 6:
            if let colon = lines[at].firstIndex(of: ":") {
                lines[at] = lines[at][...colon] + " " + bits[random.next(upTo: bits.count)]
            }
        default:
            var characters = Array(lines[at])
            if !characters.isEmpty { characters.remove(at: random.next(upTo: characters.count)) }
            lines[at] = String(characters)
        }
        return lines.joined(separator: "\n")
    }

    @Test("aliases that multiply without end are refused")
    func manyAliases() {
        var text = "customProperties: [{ property: x, value: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9] }"
        for level in 1...9 {
            text +=
                ", { property: x, value: &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", "))] }"
        }
        text +=
            "]\nschema: [{ name: a, properties: [{ name: b, enum: [{ value: 1 }], examples: *a9, quality: [{ metric: invalidValues, arguments: { validValues: *a9 } }] }] }]"
        let (contract, problems) = Sample.load(text)
        #expect(contract == nil && !problems.isEmpty)
    }
}
