import Foundation
import Testing

/// A real browser without a window, as `scripts/system test` installs it.
enum Chromium {
    static var path: String? {
        let environment = ProcessInfo.processInfo.environment
        if let given = environment["WEIR_TEST_CHROMIUM"] { return given }
        let folders = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        let names = ["chromium", "chromium-browser", "google-chrome"]
        return folders.flatMap { folder in names.map { "\(folder)/\($0)" } }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    /// False skips the test. Where services are required a missing browser must fail instead.
    static var isExpected: Bool {
        let environment = ProcessInfo.processInfo.environment
        return path != nil || environment["CI"] != nil || environment["WEIR_REQUIRE_SERVICES"] != nil
    }

    /// What a page that was made by Weir is like in a browser.
    struct Look: Decodable {
        /// Script errors, and refused requests.
        let errors: [String]
        /// Everything that was fetched.
        let requests: [String]
        /// Widths in pixels, of the window and of what is in it, with everything unfolded.
        let width: Double
        let contentWidth: Double
        let background: String
        /// Contrast of the text and its background; 4.5 is what the Web Content Accessibility Guidelines ask for.
        let contrast: Double
        let articles: Int
        /// Articles that are left after a search, by what was searched for.
        let found: [String: Int]
        let said: String
        let headings: [String]
        let tablesForCharts: Bool
    }

    /// Opens a page in a window of the size of a phone, and looks at it from the inside.
    static func look(
        at page: String, in project: TempProject, dark: Bool, search: [String], width: Int = 390
    ) async throws -> Look {
        let html = try String(contentsOfFile: page, encoding: .utf8)
        let listening =
            "<script>addEventListener('error',function(e){parent.errors.push(String(e.message||e.target))},true);addEventListener('securitypolicyviolation',function(e){parent.errors.push(e.blockedURI)});</script>"
        let inside = html.replacing("<head>", with: "<head>\(listening)", maxReplacements: 1)
        #expect(inside != html, "the page has no head")
        let harness = """
            <!DOCTYPE html><html><body style="margin:0"><iframe id="page" style="width:\(width)px;height:800px;border:0"></iframe>
            <script>var errors=[];
            var page=document.getElementById("page"), searches=\(String(decoding: try JSONEncoder().encode(search), as: UTF8.self));
            function channels(text){return text.match(/[0-9.]+/g).slice(0,3).map(Number)}
            function light(text){var c=channels(text).map(function(v){v/=255;return v<=0.03928?v/12.92:Math.pow((v+0.055)/1.055,2.4)});return 0.2126*c[0]+0.7152*c[1]+0.0722*c[2]}
            page.onload=function(){var w=page.contentWindow,d=w.document,style=w.getComputedStyle(d.body),found={},q=d.getElementById("q"),said="";
            d.querySelectorAll("details").forEach(function(e){e.open=true});
            function visible(){return [].filter.call(d.querySelectorAll("article"),function(e){return e.offsetParent!==null}).length}
            var all=visible();
            searches.forEach(function(words){if(!q)return;q.value=words;q.dispatchEvent(new w.Event("input"));found[words]=visible();said=d.getElementById("found").textContent});
            if(q){q.value="";q.dispatchEvent(new w.Event("input"))}
            var a=light(style.color),b=light(style.backgroundColor);
            var look={errors:errors,requests:w.performance.getEntriesByType("resource").map(function(e){return e.name}),width:w.innerWidth,contentWidth:d.documentElement.scrollWidth,
            background:style.backgroundColor,contrast:(Math.max(a,b)+0.05)/(Math.min(a,b)+0.05),articles:all,found:found,said:said,
            headings:[].map.call(d.querySelectorAll("h2"),function(e){return e.textContent}),
            tablesForCharts:[].every.call(d.querySelectorAll("figure"),function(e){return e.nextElementSibling&&e.nextElementSibling.querySelector("table")})};
            var out=document.createElement("pre");out.id="look";out.textContent=JSON.stringify(look);document.body.appendChild(out)};
            page.srcdoc=\(String(decoding: try JSONEncoder().encode(inside), as: UTF8.self).replacing("</", with: "<\\/"));
            </script></body></html>
            """
        let file = "\(page).harness.html"
        try harness.write(toFile: file, atomically: true, encoding: .utf8)
        let program = try #require(path, "there is no Chromium: scripts/system test installs it")
        let profile = project.path("chromium-\(UUID().uuidString)")
        let done = try await Child(
            program,
            [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--user-data-dir=\(profile)",
                "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--host-resolver-rules=MAP * ~NOTFOUND", "--virtual-time-budget=20000", "--window-size=800,900",
                "--blink-settings=preferredColorScheme=\(dark ? 0 : 1)", "--dump-dom", "file://\(file)",
            ], in: project.root, environment: ["PATH": "/usr/bin:/bin", "HOME": project.root],
            logs: URL(fileURLWithPath: project.root).deletingLastPathComponent().appending(path: "logs").path
        ).finish(limit: .seconds(120))
        let match = try #require(done.out.firstMatch(of: /<pre id="look">(.*?)<\/pre>/.dotMatchesNewlines()), "\(done)")
        let text = match.1.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
        return try JSONDecoder().decode(Look.self, from: Data(text.utf8))
    }
}
