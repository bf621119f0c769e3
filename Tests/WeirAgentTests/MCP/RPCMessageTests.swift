import Testing
import WeirCore

@testable import WeirAgent

@Suite("Messages of JSON-RPC")
struct RPCMessageTests {
    private func fault(_ text: String) -> RPCFault? {
        do throws(RPCFault) { _ = try RPCMessage.read(Array(text.utf8)) } catch { return error }
        return nil
    }

    @Test("are read for what they are")
    func reads() throws {
        #expect(
            try RPCMessage.read(Array(#"{"jsonrpc":"2.0","id":7,"method":"a","params":{"x":1}}"#.utf8))
                == .request(id: .number(7), method: "a", params: ["x": 1]))
        #expect(
            try RPCMessage.read(Array(#"{"jsonrpc":"2.0","id":"7","method":"a"}"#.utf8))
                == .request(id: .text("7"), method: "a", params: [:]))
        #expect(
            try RPCMessage.read(Array(#" {"method":"n","jsonrpc":"2.0"} "#.utf8))
                == .notification(method: "n", params: [:]))
        #expect(
            try RPCMessage.read(Array(#"{"jsonrpc":"2.0","id":1,"result":{}}"#.utf8))
                == .answer(id: .number(1), result: [:], error: nil))
    }

    @Test(
        "mistakes have the code that the protocol gives them",
        arguments: [
            ("", -32700), ("{", -32700), ("nonsense", -32700), (#"{"jsonrpc":"2.0","id":1,"method":"a"} x"#, -32700),
            ("[]", -32600), ("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}]", -32600), ("1", -32600),
            ("null", -32600),
            ("{}", -32600), (#"{"jsonrpc":"1.0","id":1,"method":"a"}"#, -32600), (#"{"id":1,"method":"a"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":null,"method":"a"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":1.5,"method":"a"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":[1],"method":"a"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":true,"method":"a"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":99999999999999999999,"method":"a"}"#, -32600),
            (#"{"jsonrpc":"2.0","id":1,"method":5}"#, -32600),
            (#"{"jsonrpc":"2.0","id":1,"method":"a","params":[1]}"#, -32602),
            (#"{"jsonrpc":"2.0","id":1,"method":"a","params":"x"}"#, -32602), (#"{"jsonrpc":"2.0","id":1}"#, -32600),
            (#"{"jsonrpc":"2.0","result":{}}"#, -32600), ("{\"jsonrpc\":\"2.0\",\"id\":\"\u{FFFF}", -32700),
        ])
    func mistakes(text: String, code: Int) { #expect(fault(text)?.code.value == code, "\(text)") }

    @Test("a fault keeps the id of its request, where there is one")
    func ids() {
        #expect(fault(#"{"jsonrpc":"2.0","id":5,"method":5}"#)?.id == .number(5))
        #expect(fault(#"{"jsonrpc":"2.0","id":"x","method":"a","params":1}"#)?.id == .text("x"))
        #expect(fault("{")?.id == nil)
        #expect(fault(#"{"jsonrpc":"2.0","id":"\#(String(repeating: "x", count: 5000))","method":"a"}"#) != nil)
    }

    @Test("100,000 damaged messages are read without a crash, and what is read can be written")
    func fuzz() throws {
        var random = Seeded(20_261_128)
        let seeds = [
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"query","arguments":{"sql":"SELECT 1"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#,
            #"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"é😀","reason":null}}"#,
            #"{"jsonrpc":"2.0","id":"weir-1","result":{"action":"accept","content":{"confirm":true}}}"#,
            #"{"jsonrpc":"2.0","id":-9007199254740993,"error":{"code":-32600,"message":"\u00e9\ud83d\ude00","data":[1,2.5e300,{}]}}"#,
        ].map { Array($0.utf8) }
        let pieces = [
            "{", "}", "[", "]", "\"", ":", ",", "null", "1e999", "\\u", "\\ud800", "\n", "\0", "-", "0x", "id",
        ].map { Array($0.utf8) }
        var read = 0
        for _ in 0..<100_000 {
            var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
            for _ in 0..<Int.random(in: 0...6, using: &random) {
                let at = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0 where at < bytes.count: bytes[at] = UInt8.random(in: 0...255, using: &random)
                case 1 where at < bytes.count: bytes.remove(at: at)
                case 2: bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &random)], at: at)
                case 3: bytes.removeLast(bytes.count - at)
                default:
                    if let other = seeds.randomElement(using: &random) {
                        bytes.insert(contentsOf: other.prefix(at), at: at)
                    }
                }
            }
            guard let message = try? RPCMessage.read(bytes) else { continue }
            read += 1
            if case .request(let id, let method, let params) = message {
                let again = try RPCMessage.read(RPCWriter.request(id, method, params).bytes)
                #expect(again == message)
            }
        }
        #expect(read > 1000)
    }

    @Test("a stream is cut into lines wherever its pieces end, and a line beyond the limit is left out as a whole")
    func lines() {
        let text = "{\"a\":1}\r\n\n  \n\u{e9}\n" + String(repeating: "x", count: 50) + "\nlast"
        for size in [1, 2, 3, 7, 64] {
            var lines = MessageLines(limit: 20)
            var found: [MessageLines.Line] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                found += lines.take(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            if let end = lines.finish() { found.append(end) }
            #expect(
                found == [
                    .message(Array("{\"a\":1}".utf8)), .message(Array("\u{e9}".utf8)), .tooLong,
                    .message(Array("last".utf8)),
                ], "pieces of \(size)")
        }
    }
}
