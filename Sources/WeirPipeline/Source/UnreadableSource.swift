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
        // The statement is Weir's own and tells a person nothing.
        let message = error.message.components(separatedBy: "\n\nLINE ")[0]
        return WeirError(
            "source.unreadable", "\(name) cannot be read: \(message)",
            hint: "nothing was published; mend or remove the input and run again", at: place,
            isTransient: error.isTransient, outcome: .systemFailed)
    }
}
