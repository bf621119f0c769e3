/// What can be said about SQL from its tokens alone.
public enum SQLText {
    /// A statement without the semicolons, blanks and comments after it, so that it can stand inside another.
    public static func statement(_ sql: String) -> String { SQLScanner(sql).statement }
}
