/// What can be said about SQL from its tokens alone.
public enum SQLText {
    /// A statement without the semicolons, blanks and comments after it, so that it can stand inside another.
    public static func statement(_ sql: String) -> String { SQLScanner(sql).statement }

    /// Where a second statement begins, in bytes; nil where there is one statement at most.
    public static func secondStatement(_ sql: String) -> Int? {
        let scanner = SQLScanner(sql)
        let start = scanner.startOfSecondStatement
        return start < scanner.bytes.count ? start : nil
    }

    /// The words outside quotes and comments, in lower case, with the byte each starts at.
    public static func words(_ sql: String) -> [(text: String, start: Int)] { SQLScanner(sql).words() }
}
