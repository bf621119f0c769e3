import Foundation
import WeirCore
import WeirQuality

/// A contract's file, and which of its tables is meant.
struct ContractChoice {
    let contract: Contract
    let mark: CheckedTable.ContractMark

    /// - Parameters:
    ///   - contract: as it was read.
    ///   - path: the absolute path of its file.
    init(_ contract: Contract, at path: String) throws {
        self.contract = contract
        mark = CheckedTable.ContractMark(
            file: contract.path, id: contract.id, version: contract.version, hash: try Fingerprint.ofFile(at: path))
    }

    /// - Parameters:
    ///   - path: of the file; relative ones begin in `folder`.
    /// - Throws: `contract.not-found`, or every mistake in the file.
    init(path: String, folder: String) throws {
        let full = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        guard FileManager.default.fileExists(atPath: full) else {
            throw WeirError(
                "contract.not-found", "there is no contract \(path)",
                hint: "give the path of a file in the Open Data Contract Standard; `weir init --from` writes one")
        }
        try self.init(ContractFile(readingFrom: path, in: folder).valid(), at: full)
    }

    /// The part about one table.
    ///
    /// - Parameter name: what the data is called: a table, or the name of a file without its ending.
    /// - Throws: `check.which-table` when the contract describes several and none of that name.
    func table(for name: TableName) throws -> TableContract {
        if let found = contract.table(for: name) { return found }
        throw WeirError(
            "check.which-table",
            "\(mark.file) describes \(contract.tables.map(\.name).joined(separator: ", ")), and not \(name.table)",
            hint: "say which of them it is with --table", at: Place(file: mark.file))
    }
}
