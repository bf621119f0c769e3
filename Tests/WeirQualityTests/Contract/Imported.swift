import Testing
import WeirCore

@testable import WeirQuality

/// A contract made from a text, which must load and be in its one form.
enum Imported {
    static func read(_ format: ImportFormat, _ text: String) async throws -> (
        tables: [TableContract], lost: [String], text: String
    ) {
        let imported = try await ContractImport.read(format, text: text, path: "shop.x")
        let (contract, problems) = Sample.load(imported.document.yaml)
        #expect(problems.isEmpty, "\(problems)\n\(imported.document.yaml)")
        // What was made is in its one form already.
        #expect(ContractFile(path: "c", text: imported.document.yaml).document?.yaml == imported.document.yaml)
        return (contract?.tables ?? [], imported.notCarried.map(\.what), imported.document.yaml)
    }
}
