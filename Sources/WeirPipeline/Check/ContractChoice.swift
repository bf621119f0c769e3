import Foundation
import WeirCore
import WeirQuality

/// A contract's file, and which of its tables is meant.
struct ContractChoice {
    let contract: Contract
    let mark: CheckedTable.ContractMark

    /// - Parameters:
    ///   - path: of the file; relative ones begin in `folder`.
    ///   - shown: the path as messages name it.
    /// - Throws: `contract.not-found`, or every mistake in the file.
    init(path: String, shown: String, folder: String) throws {
        let full = path.hasPrefix("/") ? path : "\(folder)/\(path)"
        guard let data = FileManager.default.contents(atPath: full) else {
            throw WeirError(
                "contract.not-found", "there is no contract \(path)",
                hint: "give the path of a file in the Open Data Contract Standard; `weir init --from` writes one")
        }
        let problems = Problems()
        let loaded = ContractLoader.load(path: shown, text: String(decoding: data, as: UTF8.self), problems: problems)
        try problems.throwIfAny("contract.invalid") { "\($0) mistakes in \(shown)" }
        guard let loaded else {
            throw WeirError("contract.invalid", "\(shown) cannot be read as a contract", at: Place(file: shown))
        }
        contract = loaded
        mark = CheckedTable.ContractMark(
            file: shown, id: loaded.id, version: loaded.version, hash: try Fingerprint.ofFile(at: full))
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
