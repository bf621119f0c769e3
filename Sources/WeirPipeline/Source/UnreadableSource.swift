import Foundation
import WeirCore

extension SourceDefinition {
    /// What the engine says about input that it cannot read, as an error about the source.
    ///
    /// Errors that are not about the input (a full disk, a cancelled run) and those that say where they belong
    /// stay as they are.
    func unreadable(_ error: WeirError) -> WeirError {
        if ["engine.disk-full", "engine.out-of-memory", "run.cancelled"].contains(error.code) { return error }
        guard error.code.hasPrefix("engine.") || error.code.hasPrefix("sql.") else {
            var placed = error
            placed.place = placed.place ?? place
            return placed
        }
        // The statement is Weir's own and tells a person nothing, and so do its arguments.
        var message = error.message.components(separatedBy: "\n\nLINE ")[0]
        if message.contains("CSV Error on Line") { message = message.components(separatedBy: "\n\n")[0] }
        if message.contains("is not latin-1 encoded") {
            return WeirError(
                "source.encoding", "\(name) has bytes from 0x80 to 0x9F, which mean nothing in latin-1",
                hint: "say `encoding: windows-1252`, which has characters there: €, “, ”, –", at: place,
                outcome: .gateFailed)
        }
        return WeirError(
            "source.unreadable", "\(name) cannot be read: \(message)",
            hint: "nothing was published; mend or remove the input and run again", at: place,
            isTransient: error.isTransient, outcome: .systemFailed)
    }
}
