import WeirCore

/// File names of tables' pages.
enum PageName {
    /// `mart.delays.html`; a name that could mislead a file system or a URL gets a mark of its own instead.
    static func file(of table: String) -> String {
        let isPlain = table.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
        }
        if isPlain, !table.isEmpty, table.utf8.count <= 100, !table.hasPrefix("."), !table.contains("..") {
            return table + ".html"
        }
        // Upper case counts as a mark too: some file systems take `A` and `a` for one. A dash keeps these names
        // apart from the plain ones.
        let kept = table.lowercased().unicodeScalars.filter {
            $0.isASCII && ($0.properties.isAlphabetic || $0.value == 46)
        }
        return
            "\(String(String.UnicodeScalarView(kept)).prefix(40).drop { $0 == "." })-\(Fingerprint.of([table]).prefix(12)).html"
    }
}
