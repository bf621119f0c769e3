import Foundation
internal import GRDB
import WeirCore

/// Why a state file cannot be used.
enum StateFault: Error, Hashable {
    /// SQLite says that the file's content is broken, or that it is no database at all.
    case damaged(String)
    /// A later Weir has changed the file.
    case newer(found: Int, known: Int)
    /// A sound SQLite file that belongs to something else.
    case foreign
    /// Permission, a full disk, a folder in its place.
    case unusable(String)
}

extension StateFault {
    /// Sorts an error of SQLite or the file system.
    static func of(_ error: any Error) -> StateFault {
        if let fault = error as? StateFault { return fault }
        guard let error = error as? DatabaseError else { return .unusable(error.localizedDescription) }
        let text = error.message ?? error.resultCode.description
        switch error.resultCode.primaryResultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT: return .damaged(text)
        default: return .unusable(text)
        }
    }

    /// The fault as the user reads it.
    func error(path: String) -> WeirError {
        let place = Place(file: path)
        let harmless = "only history, memories and tasks are kept there; tables and positions are in the warehouse"
        switch self {
        case .damaged(let text):
            return WeirError(
                "state.damaged", "the state file is damaged: \(text)", hint: "delete it; \(harmless)", at: place,
                outcome: .systemFailed)
        case .newer(let found, let known):
            return WeirError(
                "state.newer",
                "the state file was written by a newer Weir (its version is \(found), this program knows \(known))",
                hint: "use the newer Weir for this project, or delete the file; \(harmless)", at: place,
                outcome: .systemFailed)
        case .foreign:
            return WeirError(
                "state.foreign", "this SQLite file is not a state file of Weir",
                hint: "move it away if it is in the wrong place", at: place, outcome: .systemFailed)
        case .unusable(let text):
            return WeirError(
                "state.unusable", "the state file cannot be used: \(text)",
                hint: "check that its folder can be written and that the disk is not full", at: place,
                outcome: .systemFailed)
        }
    }
}
