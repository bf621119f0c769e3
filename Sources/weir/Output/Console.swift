import Foundation
import WeirCore

/// The two streams of the command: results on standard output, everything else on standard error.
struct Console: Sendable {
    enum Format: String, Sendable, CaseIterable { case text, json }

    let format: Format
    let output: Terminal
    let errors: Terminal

    init(format: Format = .text) {
        self.format = format
        output = .of(descriptor: 1)
        errors = .of(descriptor: 2)
    }

    /// A result as text, or as the JSON of `value` where programs read along.
    func show(_ value: some Encodable, text: (Terminal) -> String) throws {
        switch format {
        case .text: Self.write(text(output), to: .standardOutput)
        case .json: Self.write(try JSONOutput.pretty(value), to: .standardOutput)
        }
    }

    /// A line for people only.
    func say(_ text: String) {
        if format == .text { Self.write(text, to: .standardOutput) }
    }

    func warn(_ error: WeirError) {
        Self.write(ErrorText.renderWarning(error, on: errors), to: .standardError)
    }

    /// What went wrong: as text on standard error, or as the one JSON object on standard output.
    func fail(_ error: WeirError) {
        switch format {
        case .text: Self.write(ErrorText.render(error, on: errors), to: .standardError)
        case .json: Self.write(JSONOutput.failure(error), to: .standardOutput)
        }
    }

    private static func write(_ text: String, to handle: FileHandle) {
        // A reader that went away (`weir runs | head -1`) is no failure of the command.
        try? handle.write(contentsOf: Data((text + "\n").utf8))
    }
}
