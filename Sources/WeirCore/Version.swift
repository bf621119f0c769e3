/// Facts about this program.
public enum Weir {
    /// Semantic version of the program and its libraries.
    public static let version = "0.1.0"
}
