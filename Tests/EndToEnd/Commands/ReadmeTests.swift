import Foundation
import Testing

@Suite("The README")
struct ReadmeTests {
    /// The lines as they are pasted; `make install` would build for minutes, so that its script installs this build.
    @Test("has a quick start that works when pasted, with a Weir that needs nothing of the checkout")
    func quickStart() async throws {
        let block = try #require(try Repository.blocks("", of: "README.md", under: "## Quick start").first)
        let lines = block.split(separator: "\n").map(String.init)
        try #require(lines.first?.hasPrefix("make install PREFIX=~/.local") == true, "\(lines)")
        #expect(lines.count == 10)
        let project = try TempProject()
        let home = project.path("home")
        try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
        try project.write(
            "paste.sh",
            """
            set -eu
            '\(Repository.root)/scripts/install' '~/.local'
            PATH="$HOME/.local/bin:$PATH"
            cd "$HOME"
            \(lines.dropFirst().joined(separator: "\n"))
            weir doctor -o json
            """)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let done = await
            (try Child(
                "/bin/bash", [project.path("paste.sh")], in: home,
                environment: ["HOME": home, "PATH": path, "WEIR": Binary.path, "NO_COLOR": "1"], logs: project.root))
            .finish(limit: .seconds(240))
        #expect(done.code == 0, "\(done)")
        for wanted in ["range(quantity)", "2026-03-03", "1 passed", "is made of", "\(home)/.local/lib/weir/libduckdb"] {
            #expect(done.out.contains(wanted), "\(wanted) is not in \(done)")
        }
        #expect(!done.out.contains("\(Repository.root)/.deps"), "the installed Weir reads from the checkout")
    }
}
