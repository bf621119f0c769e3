import Foundation
import Testing

@Suite("A profile's page in a browser", .enabled(if: Chromium.isExpected, "no Chromium here"), .timeLimit(.minutes(10)))
struct ProfilePageTests {
    /// A page with all kinds of columns, names that could break it, and texts too long for a phone.
    private static let query = """
        SELECT i AS id, 'user' || i || '@example.com' AS mail, (hash(i) % 1000) / 10.0 AS amount, DATE '2024-01-01' + (i % 400)::INT AS day,
        CASE WHEN i % 7 = 0 THEN 'N/A' ELSE 'v' || i % 9 END AS "<script>alert(1)</script>", repeat('long', 100) || i AS long_text,
        'zip' || i % 50 AS zip, 'city' || (CASE WHEN i = 77 THEN 99 ELSE (i % 50) % 20 END) AS city, 'x' AS "a_very_long_column_name_that_does_not_break_anywhere_at_all_and_goes_on"
        FROM range(2000) t(i)
        """

    private func page(_ project: TempProject, _ query: String) async throws -> String {
        let done = try await project.weir("profile", query, "--html", "page.html")
        #expect(done.code == 0, "\(done)")
        return project.path("page.html")
    }

    @Test("works without an error and without the network, fits a phone, finds columns, in dark and light")
    func look() async throws {
        let project = try TempProject()
        let path = try await page(project, Self.query)
        var backgrounds: Set<String> = []
        for dark in [false, true] {
            let look = try await Chromium.look(
                at: path, in: project, dark: dark, search: ["mail", "ZIP", "date", "nothing of that name", "id "])
            #expect(look.errors == [])
            #expect(look.requests == [])
            #expect(look.width == 390)
            #expect(look.contentWidth <= look.width)
            #expect(look.articles == 9)
            #expect(look.found["mail"] == 1)
            #expect(look.found["ZIP"] == 1)
            #expect(look.found["date"] == 1)
            #expect(look.found["nothing of that name"] == 0)
            #expect(look.said.hasSuffix("of 9 columns"))
            #expect(look.contrast >= 7)
            #expect(look.tablesForCharts)
            #expect(look.headings.contains { $0.hasPrefix("What stands out") })
            backgrounds.insert(look.background)
        }
        #expect(backgrounds.count == 2, "dark and light look the same: \(backgrounds)")
    }

    @Test("200 columns are under 2 MB, and still work")
    func large() async throws {
        let project = try TempProject()
        let columns = (0..<50).map {
            "hash(i, \($0)) % 1000 / 7.0 AS n\($0), 'text ' || hash(i, \($0)) % 30 AS s\($0), TIMESTAMP '2024-01-01' + to_hours((hash(i, \($0)) % 9000)::INT) AS t\($0), CASE WHEN hash(i, \($0)) % 5 > 0 THEN i END AS k\($0)"
        }
        let path = try await page(project, "SELECT \(columns.joined(separator: ", ")) FROM range(1000) t(i)")
        let size = try #require(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int)
        #expect(size < 2_000_000)
        let look = try await Chromium.look(at: path, in: project, dark: false, search: ["n17"])
        #expect(look.errors == [])
        #expect(look.articles == 200)
        #expect(look.found["n17"] == 1)
        #expect(look.contentWidth <= look.width)
    }

    @Test("an empty table has a page too")
    func empty() async throws {
        let project = try TempProject()
        let path = try await page(project, "SELECT 1 AS a, 'x' AS b WHERE false")
        let look = try await Chromium.look(at: path, in: project, dark: true, search: ["integer"])
        #expect(look.errors == [])
        #expect(look.articles == 2)
        #expect(look.found["integer"] == 1)
    }
}
