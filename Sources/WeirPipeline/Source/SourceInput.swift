import WeirConnect
import WeirCore
import WeirEngine

/// What a source would read now: files, columns and types. Nothing is loaded yet.
struct SourceInput: Sendable {
    /// Files of one header, which one reader call can take.
    struct Group: Sendable {
        /// As the files have them, in their order.
        let header: [String]
        let files: [InputFile]
        /// Empty lines before the header of each.
        var blankLines = 0
    }

    /// Every file that the globs match; empty for databases.
    var allFiles: [InputFile] = []
    /// Those to read now.
    var files: [InputFile] = []
    /// Files of one set of columns together, for formats of which every file has its own.
    var groups: [Group] = []
    /// Columns of the input with the types they are to be loaded as.
    var columns: [Column] = []
    /// Types as the reader gives them, where it gives typed values (Parquet, JSON, databases); by column key.
    var readerTypes: [String: String] = [:]
    /// Keys of columns whose type nobody declared, so that it may still give way to the data.
    var undeclared: Set<String> = []
    /// Most digits after the point, by column key, of texts that become a DECIMAL nobody asked for: no digit is to be lost.
    var scales: [String: Int] = [:]
    var reader: DelimitedReader?
    /// SQL that reads a database's rows where it is not the source's own; nil for that.
    var relation: String?
    /// NDJSON with lines that are no JSON objects, which its reader cannot take.
    var hasForeignLines = false
    /// Things worth telling that are no mistakes.
    var notices: [String] = []

    /// Mark of what there is to read; equal marks mean that there is nothing new. Nil for databases, whose
    /// content cannot be told without reading it.
    var version: String?

    /// Under which a checkpoint keeps ``version`` among its inputs.
    static let versionKey = "files"
}
