import Foundation

/// Three deliveries, each with rows that are new, changed, late, gone, broken and twice.
enum KillDelivery {
    /// Writes the files of one delivery (0, 1 or 2). Earlier ones stay as they are.
    static func write(_ number: Int, to project: TempProject) async throws {
        var random = Seeded(UInt64(number) + 77)
        let time = Date(timeIntervalSince1970: 1_767_225_600 + Double(number) * 86_400)
        try project.write("data/customers.csv", customers(number, &random), modified: time)
        try project.write("data/events-\(number).csv", events(number, &random), modified: time)
        try project.write("data/orders-\(number).csv", orders(number, &random), modified: time)
        try project.write("data/products.csv", products(number), modified: time)
        for part in 0..<3 {
            try project.write("data/moves-\(number)-\(part).csv", moves(number, part), modified: time)
        }
        try await Scratch.execute(tickets(number, in: project.path("data/desk.db")))
    }

    private static func stamp(_ day: Int, _ second: Int) -> String {
        let clock = [second / 3600 % 24, second / 60 % 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }
        return "2025-12-\(10 + day) \(clock.joined(separator: ":"))"
    }

    private static let cities = ["Oslo", "Rome", "Lima", "Pune", "Łódź", "New \"\"York\"\""]

    /// Replaced whole: some leave, some move, some come back; two rows have no city.
    private static func customers(_ number: Int, _ random: inout Seeded) -> String {
        var text = "customer_id,name,city,updated_at\n"
        for id in 0..<400 where (id + number) % 7 != 0 {
            let moved = Int.random(in: 0..<4, using: &random) == 0
            let city = cities[(id + (moved ? number : 0)) % cities.count]
            let missing = id % 100 == 50
            text += "\(id),\"name, \(id)\",\(missing ? "" : "\"\(city)\""),\(stamp(moved ? number : 0, id))\n"
        }
        // While a row does not tell its key, no version is ended: later deliveries have none such.
        return number == 0 ? text + "broken,row,with,a bad time\n1,2\n" : text
    }

    /// Read whole: some leave and are deleted, some wait for a price and are not.
    private static func products(_ number: Int) -> String {
        var text = "product_id,name,price\n"
        for id in 0..<300 where (id + number) % 5 != 0 {
            text += "\(id),product \(id),\((id + number) % 11 == 3 ? -1 : (id * 7 + number) % 100)\n"
        }
        return text
    }

    /// In several files, whose rows are about the same keys.
    private static func moves(_ number: Int, _ part: Int) -> String {
        var text = "move_id,place,moved_at\n"
        for row in 0..<120 {
            text += "\((row * 3 + number * 20) % 200),\(cities[(row + part) % 4]),\(stamp(number, part * 3600 + row))\n"
        }
        return part == 1 ? text + "one,field too\n" : text
    }

    /// Tickets are opened, and some that were there are closed; a few are in a state that nobody knows.
    private static func tickets(_ number: Int, in path: String) -> String {
        """
        LOAD sqlite_scanner; ATTACH '\(path)' AS s (TYPE sqlite);
        CREATE TABLE IF NOT EXISTS s.tickets (ticket_id BIGINT, state VARCHAR, changed BIGINT);
        UPDATE s.tickets SET state = 'closed', changed = \(number) * 10000 + ticket_id WHERE ticket_id % 3 = 0;
        INSERT INTO s.tickets SELECT \(number) * 500 + i, CASE WHEN i % 97 = 5 THEN 'lost' ELSE 'open' END,
            \(number) * 10000 + 5000 + i FROM range(500) r(i);
        """
    }

    private static func events(_ number: Int, _ random: inout Seeded) -> String {
        var text = "event_id,kind,happened_at\n"
        for id in 0..<1500 {
            let kind = ["click", "view", "noise"][Int.random(in: 0..<3, using: &random)]
            if id == 700 { text += "\(id),\"never closed,\(stamp(number * 3, id))\n" }
            if id == 900 { text += "\(id),too,many,fields,here\n" }
            text += "\(number * 1500 + id),\(kind),\(stamp(number * 3, id * 50))\n"
        }
        return text
    }

    /// Merged: a third of the keys are known; some rows are older than what is there, some break a rule.
    private static func orders(_ number: Int, _ random: inout Seeded) -> String {
        var text = "order_id,customer_id,amount,day,updated_at\n"
        for row in 0..<1500 {
            let id = row % 3 == 0 ? Int.random(in: 0..<1000, using: &random) : number * 1000 + row
            let amount = Int.random(in: -20..<1000, using: &random)
            let day = 10 + number * 2 + Int.random(in: 0..<3, using: &random)
            let late = Int.random(in: 0..<20, using: &random) == 0
            let key = row % 500 == 499 ? "" : String(id)
            text += "\(key),\(id % 400),\(amount).50,2025-12-\(day),\(stamp(late ? 0 : number * 3, row * 40))\n"
        }
        return text + "12,34,not a number,2025-12-10,2025-12-10 00:00:00\n"
    }
}
