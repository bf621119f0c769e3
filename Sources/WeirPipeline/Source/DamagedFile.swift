import WeirConnect
import WeirCore
import WeirEngine

/// Finds the file that an error is about, where the engine's reader does not say it.
enum DamagedFile {
    /// The error with the file's name before its message; unchanged where the message has it, and where every file
    /// alone can be read.
    static func named(
        _ error: WeirError, among files: [InputFile], _ origin: SourceDefinition.FileOrigin,
        on connection: isolated Connection
    ) throws -> WeirError {
        // The statement that is drawn below the message has every name.
        let said = error.message.prefix { !$0.isNewline }
        if error.isTransient || files.contains(where: { said.contains($0.path) }) { return error }
        for file in files {
            try connection.checkCancelled()
            let relation = StructuredReader.relation([file], format: origin.format, options: origin.options)
            do { _ = try connection.query("SELECT max(hash(t)) FROM \(relation) t") } catch let found as WeirError {
                var named = error
                named.message = "\(file.name): \(found.message)"
                return named
            }
        }
        return error
    }
}
