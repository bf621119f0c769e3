import Foundation
import Testing

@testable import WeirAI

@Suite("Ids of calls")
struct CallIDTests {
    @Test("are UUIDs of version 7, differ, and are in the order of their times")
    func shape() throws {
        let ids = (0..<2_000).map { CallID.new(at: Date(timeIntervalSince1970: Double($0 / 2))) }
        #expect(Set(ids).count == ids.count)
        #expect(ids.map { $0.prefix(13) } == ids.map { $0.prefix(13) }.sorted())
        for id in ids {
            #expect(UUID(uuidString: id) != nil && id == id.lowercased(), "\(id)")
            let characters = Array(id)
            #expect(characters[14] == "7" && "89ab".contains(characters[19]), "\(id)")
        }
        #expect(CallID.new(at: Date(timeIntervalSince1970: 1.5)).hasPrefix("00000000-05dc-7"))
        #expect(UUID(uuidString: CallID.new(at: .distantPast)) != nil)
    }
}
