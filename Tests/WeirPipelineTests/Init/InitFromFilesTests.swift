import Foundation
import Testing
import WeirCore
import WeirQuality

@testable import WeirPipeline

@Suite("A project made from files")
struct InitFromFilesTests {
    /// Files that people really have, with the number of rows in each.
    struct Delivery: Sendable, CustomTestStringConvertible {
        let what: String
        let name: String
        let data: Data
        let rows: Int
        var testDescription: String { what }

        init(_ what: String, _ name: String, _ text: String, rows: Int) {
            self.init(what, name, Data(text.utf8), rows: rows)
        }

        init(_ what: String, _ name: String, _ data: Data, rows: Int) {
            self.what = what
            self.name = name
            self.data = data
            self.rows = rows
        }
    }

    static let deliveries: [Delivery] = [
        Delivery("plain", "orders.csv", "id,city\n1,Rome\n2,Oslo\n", rows: 2),
        Delivery("header only", "nothing.csv", "a,b,c\n", rows: 0),
        Delivery("a column of nothing", "gaps.csv", "id,empty\n1,\n2,\n", rows: 2),
        Delivery("names that SQL reserves", "select.csv", "select,from,order,a\"b\n1,2,3,4\n", rows: 1),
        Delivery("names with quotes", "quotes.csv", "\"a\"\"b\",\"c,d\",\"e f\"\n1,2,3\n", rows: 1),
        Delivery("unicode", "Größe (cm) 日本.csv", "Ünï;größe;名前\n1;2,5;x\n2;3,5;y\n", rows: 2),
        Delivery("a column without a name", "unnamed.csv", "id,,x\n1,2,3\n", rows: 1),
        Delivery("names that become one", "twins.csv", "Order ID,order_id,Order-ID\n1,2,3\n", rows: 1),
        Delivery("a name like a variable", "${HOME}.csv", "${PATH},b\n${USER},2\n", rows: 1),
        Delivery("a name like a comment", "a*slash.csv", "a*/b,/*c,--d\n1,2,3\n", rows: 1),
        Delivery("a name like YAML", "yes.csv", "no,null,1.0,\"a: b\",\"# c\"\n1,2,3,4,5\n", rows: 1),
        Delivery("windows line ends and a mark", "crlf.csv", "\u{FEFF}id,v\r\n1,a\r\n2,b\r\n", rows: 2),
        Delivery(
            "latin-1", "latin.csv", Data("id,name\n1,M\u{FC}ller\n".unicodeScalars.map { UInt8($0.value) }), rows: 1),
        Delivery(
            "a number too long", "long.csv",
            "id,n\n1,123456789012345678901234567890\n2,99999999999999999999999999999999999999999999\n", rows: 2),
        Delivery(
            "a late text", "late.csv", "id,v\n" + (1...3000).map { "\($0),\($0 == 2999 ? "x" : "\($0)")\n" }.joined(),
            rows: 3000),
        Delivery("values with line breaks", "breaks.csv", "id,t\n1,\"a\nb\"\n2,\"c\td\"\n", rows: 2),
        Delivery(
            "objects", "events.ndjson",
            "{\"id\":1,\"o\":{\"x\":[1,2]},\"n\":null}\n{\"id\":2,\"o\":{\"x\":[]},\"n\":null}\n", rows: 2),
        Delivery(
            "a list of objects", "list.json", "[{\"a b\":1,\"t\":\"2024-01-01\"},{\"a b\":2,\"t\":\"2024-01-02\"}]",
            rows: 2),
    ]

    @Test("it loads, runs and keeps its own contract", arguments: deliveries)
    func keepsItsContract(_ delivery: Delivery) async throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        try folder.write("in/\(delivery.name)", delivery.data)
        let report = try await folder.initialize("in/*")
        #expect(report.leftOut.isEmpty)
        let table = try #require(report.tables.first)
        #expect(table.rows == delivery.rows)
        let summary = try await folder.run()
        #expect(summary.outcome == .done, "\(summary.nodes.compactMap(\.error))")
        #expect(summary.nodes.count == 2)
        #expect(summary.nodes.allSatisfy { $0.status == .published })
        #expect(summary.nodes[0].balance.quarantined == 0)
        #expect(summary.nodes[0].rows == delivery.rows)
        let model = try #require(TableName(table.model))
        #expect(try await folder.query("SELECT count(*) FROM \(model.sql)")[0][0].int == Int64(delivery.rows))
    }

    @Test("random tables keep their own contracts", arguments: 1...6)
    func random(_ seed: UInt64) async throws {
        var random = Seeded(state: seed)
        let folder = try InitFolder()
        defer { folder.remove() }
        let makers: [(inout Seeded) -> String] = [
            { "\($0.below(1000))" }, { "\($0.below(100)).\($0.below(100))" }, { "-\($0.below(9))" },
            { ["open", "paid", "NA"][$0.below(3)] }, { "0\($0.below(9))\($0.below(9))" }, { _ in "" },
            { "2024-0\($0.below(9) + 1)-1\($0.below(9))" }, { "\($0.below(28) + 1)/\($0.below(12) + 1)/2024" },
            { "\($0.below(2) == 0 ? "" : "user\($0.below(50))@example.com")" },
            { "\"x, \(String(repeating: "y", count: $0.below(9)))\"" },
            { ["true", "false", ""][$0.below(3)] }, { "1\($0.below(9)):3\($0.below(9))" },
        ]
        let columns = (0..<8).map { _ in makers[random.below(makers.count)] }
        var text = (0..<8).map { "c \($0)" }.joined(separator: ",") + "\n"
        for _ in 0..<200 { text += columns.map { $0(&random) }.joined(separator: ",") + "\n" }
        try folder.write("r.csv", text)
        _ = try await folder.initialize("r.csv")
        let summary = try await folder.run()
        #expect(summary.outcome == .done)
        #expect(summary.nodes[0].balance == RowBalance(read: 200, published: 200))
        #expect(summary.nodes[0].checks.allSatisfy { $0.status != .failed && $0.status != .quarantined })
    }

    @Test("files in parts become one table with a glob; other columns become another table")
    func groups() async throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        for month in ["01", "02", "12"] { try folder.write("data/orders-2024-\(month).csv", "id,v\n\(month),x\n") }
        try folder.write("data/table1.csv", "a,b\n1,2\n")
        try folder.write("data/table2.csv", "c,d,e\n1,2,3\n")
        let report = try await folder.initialize("data")
        #expect(report.tables.map(\.source) == ["raw.orders", "raw.table1", "raw.table2"])
        #expect(report.tables.map(\.files) == [3, 1, 1])
        #expect(try folder.read("sources/orders.yaml").contains("files: \"data/orders-*.csv\""))
        #expect(try await folder.run().nodes.first?.rows == 3)
    }

    @Test("a glob that would take a file of another table is not used")
    func narrowGlob() async throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        try folder.write("a-1.csv", "id,v\n1,x\n")
        try folder.write("a-2.csv", "id,v\n2,x\n")
        try folder.write("a-notes.csv", "text\nhello\n")
        _ = try await folder.initialize("*.csv")
        #expect(try folder.read("sources/a.yaml").contains("[a-1.csv, a-2.csv]"))
    }

    @Test("types are those that every value fits, with the evidence beside them")
    func types() async throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        try folder.write(
            "t.csv",
            "zip,day,amount,when\n01234,31/12/2024,NA,2024-01-01T10:00:00Z\n99999,01/02/2024,1.5,2024-01-02T10:00:00Z\n"
        )
        _ = try await folder.initialize("t.csv")
        _ = try await folder.run()
        let types = try await folder.query("SELECT column_type FROM (DESCRIBE staging.t)").map { $0[0].display }
        #expect(types == ["VARCHAR", "DATE", "DOUBLE", "TIMESTAMP WITH TIME ZONE"])
        let contract = try folder.read("contracts/t.yaml")
        #expect(contract.contains("# its numbers have leading zeros"))
        #expect(contract.contains("# seen: no nulls"))
        #expect(try folder.read("sources/t.yaml").contains("nulls: [\"\", NA]"))
    }

    @Test("two ways to write dates in one file: the model casts what the loader cannot")
    func mixedDates() async throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        try folder.write("t.csv", "a,b\n12/31/2024,2024-05-01\n01/02/2024,2024-05-02\n")
        _ = try await folder.initialize("t.csv")
        _ = try await folder.run()
        #expect(
            try await folder.query("SELECT a, b FROM staging.t ORDER BY a")[0].map(\.display) == [
                "2024-01-02", "2024-05-02",
            ])
        #expect(try await folder.query("SELECT a FROM raw.t ORDER BY a")[0][0].display == "01/02/2024")
    }

    @Test("a line that cannot be read is told and goes to quarantine; the rest is published")
    func malformed() async throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        try folder.write("t.csv", "id,v\n1,a\n2,b,c\n3,d\n")
        let report = try await folder.initialize("t.csv")
        #expect(report.tables[0].malformed == 1)
        #expect(try await folder.run().nodes[0].balance == RowBalance(read: 3, published: 2, quarantined: 1))
    }

    @Test("a file that cannot be a table is left out with the reason; the others are used")
    func leavesOut() async throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        try folder.write("good.csv", "id\n1\n")
        try folder.write("twice.csv", "a,A\n1,2\n")
        try folder.write("empty.csv", "")
        try folder.write("notes.md", "# hello")
        let report = try await folder.initialize(".")
        #expect(report.tables.map(\.source) == ["raw.good"])
        #expect(Set(report.leftOut.map(\.code)) == ["source.duplicate-column", "source.empty", "init.unknown-format"])
        #expect(try await folder.run().outcome == .done)
    }

    @Test("columns that refer to another file's key become foreign keys; those with orphans are only remarked on")
    func references() async throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        try folder.write("customers.csv", "id,best_order_id\n" + (1...80).map { "\($0),\($0 + 1000)\n" }.joined())
        try folder.write(
            "orders.csv",
            "order_id,customer_id,product_id\n"
                + (1...300).map { "\($0 + 1000),\(1 + $0 % 80),\(1 + $0 % 30)\n" }.joined())
        try folder.write("products.csv", "id,name\n" + (1...29).map { "\($0),p\($0)\n" }.joined())
        _ = try await folder.initialize("*.csv")
        let (customers, orders) = (
            try folder.read("contracts/customers.yaml"), try folder.read("contracts/orders.yaml")
        )
        // Each would refer to the other: one of them has to come first.
        #expect(
            orders.contains("raw.customers.id") != customers.contains("raw.orders.order_id"), "\(orders)\n\(customers)")
        #expect(orders.contains("10 of 300 rows refer to no raw.products.id"), "\(orders)")
        #expect(!orders.contains("- to: raw.products"), "\(orders)")
        let summary = try await folder.run()
        #expect(summary.outcome == .done, "\(summary.nodes.compactMap(\.error))")
        #expect(summary.nodes.flatMap(\.checks).contains { $0.rule.hasPrefix("foreign_key(") && $0.status == .passed })
    }

    @Test("columns that refer to a key of two columns become one foreign key")
    func compositeReference() async throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        let lines = (0..<240).map { (order: 5000 + $0 / 3, line: 1 + $0 % 3) }
        try folder.write(
            "order_lines.csv",
            "order_id,line_no,quantity\n" + lines.map { "\($0.order),\($0.line),\(1 + $0.order % 7)\n" }.joined())
        try folder.write(
            "shipments.csv",
            "shipment,order_id,line_no\n"
                + lines.enumerated().filter { $0.offset % 4 != 0 }.map {
                    "S\(900 + $0.offset),\($0.element.order),\($0.element.line)\n"
                }.joined())
        _ = try await folder.initialize("*.csv")
        let contract = try folder.read("contracts/shipments.yaml")
        #expect(contract.contains("raw.order_lines.order_id"), "\(contract)")
        #expect(contract.contains("raw.order_lines.line_no"), "\(contract)")
        let summary = try await folder.run()
        #expect(summary.outcome == .done, "\(summary.nodes.compactMap(\.error))")
        #expect(
            summary.nodes.flatMap(\.checks).contains {
                $0.rule.hasPrefix("foreign_key(order_id, line_no") && $0.status == .passed
            }, "\(summary.nodes.flatMap(\.checks).map(\.rule))")
    }

    @Test("where nothing can be read nothing is written")
    func nothing() async throws {
        let folder = try InitFolder()
        defer { folder.remove() }
        try folder.write("empty.csv", "")
        await #expect(throws: WeirError.self) { try await folder.initialize("empty.csv") }
        await #expect(throws: WeirError.self) { try await folder.initialize("missing-*.csv") }
        #expect(!folder.has("weir.yaml"))
        #expect(!folder.has("sources"))
        #expect(!folder.has(".weir"))
    }
}

/// A small generator with a seed, so that a failure can be seen again.
struct Seeded {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(limit))
    }
}
