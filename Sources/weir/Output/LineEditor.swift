import Foundation
import WeirCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads what a person types, with a cursor and a history; as plain lines where the terminal can show neither.
struct LineEditor: Sendable {
    let historyPath: String?
    static let mostHistory = 500

    /// What a person did.
    enum Typed: Sendable, Hashable {
        case text(String)
        /// Ctrl-C, with nothing typed.
        case interrupted
        /// Ctrl-D, or there is nobody any more.
        case ended
    }

    /// - Parameter endsOnSignal: an interrupt that comes as a signal ends the waiting, and not the command.
    /// - Throws: `CancellationError`, `system.no-pipe`.
    func line(prompt: String, endsOnSignal: Bool = false) async throws -> Typed {
        let history = history()
        let bell = try Bell()
        let take: (@Sendable () -> Bool)? = endsOnSignal ? { @Sendable in bell.ring() } : nil
        let typed = await Interruption.taking(take) {
            await withTaskCancellationHandler {
                // It waits for a person: a thread of its own.
                await withCheckedContinuation { continuation in
                    Thread.detachNewThread {
                        let keyboard = Keyboard(bell: bell)
                        continuation.resume(
                            returning: Self.editsLines
                                ? Self.edit(prompt, history, keyboard) : Self.read(prompt, keyboard))
                    }
                }
            } onCancel: {
                _ = bell.ring()
            }
        }
        try Task.checkCancellation()
        if case .text(let text) = typed, !text.allSatisfy(\.isWhitespace) { remember(text, history) }
        return typed
    }

    /// Whether the cursor can be moved where this is typed and shown.
    private static var editsLines: Bool {
        isatty(0) == 1 && isatty(1) == 1 && Terminal.of(descriptor: 1).movesCursor
    }

    // MARK: With a cursor

    private static func edit(_ prompt: String, _ history: [String], _ keyboard: Keyboard) -> Typed {
        guard let before = TerminalMode.set(.keys) else { return read(prompt, keyboard) }
        TerminalMode.bracketPastes(true)
        defer {
            TerminalMode.bracketPastes(false)
            TerminalMode.set(before)
        }
        var buffer = LineBuffer(history: history)
        func draw() {
            let (width, height) = size()
            write(buffer.draw(prompt: prompt, width: width, height: height))
        }
        func leave() { write(buffer.leave(prompt: prompt, width: size().width)) }
        draw()
        while true {
            guard let byte = keyboard.next() else {
                leave()
                return keyboard.wasRung ? .interrupted : .ended
            }
            // Ctrl-C ends a paste whose end never comes. Where more comes behind it, it is a part of the paste: to take
            // the rest for keys would send what nobody has seen.
            if byte == 0x03, buffer.isPasting, !keyboard.hasMore(within: 300) { buffer.endPaste() }
            switch buffer.take(byte) {
            // What comes at once is shown at once: a long paste would be drawn for every letter.
            case .editing: if !keyboard.hasMore() { draw() }
            case .entered(let text):
                leave()
                return .text(text)
            case .interrupted:
                leave()
                if buffer.text.isEmpty { return .interrupted }
                buffer = LineBuffer(history: history)
                draw()
            case .ended:
                leave()
                return .ended
            }
        }
    }

    private static func size() -> (width: Int, height: Int) {
        (Terminal.of(descriptor: 1).width ?? 80, Terminal.rows(descriptor: 1) ?? 24)
    }

    // MARK: Plain lines

    private static func read(_ prompt: String, _ keyboard: Keyboard) -> Typed {
        let before = TerminalMode.set(.usual)
        defer { if let before { TerminalMode.set(before) } }
        write(prompt)
        var lines: [String] = []
        var line: [UInt8] = []
        while true {
            guard let byte = keyboard.next() else {
                write("\n")
                if keyboard.wasRung { return .interrupted }
                if line.isEmpty, lines.isEmpty { return .ended }
                return .text((lines + [String(decoding: line, as: UTF8.self)]).joined(separator: "\n"))
            }
            if byte != 0x0A {
                line.append(byte)
                continue
            }
            if line.last == 0x0D { line.removeLast() }
            let text = String(decoding: line, as: UTF8.self)
            guard text.hasSuffix("\\") else { return .text((lines + [text]).joined(separator: "\n")) }
            lines.append(String(text.dropLast()))
            line = []
            write("… ")
        }
    }

    private static func write(_ text: String) {
        try? FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
    }

    // MARK: History

    private func history() -> [String] {
        guard let historyPath, let data = FileManager.default.contents(atPath: historyPath) else { return [] }
        return String(decoding: data, as: UTF8.self).split(separator: "\n").compactMap {
            JSONValue(parsing: String($0))?.text
        }
    }

    private func remember(_ text: String, _ history: [String]) {
        guard let historyPath, history.last != text else { return }
        let lines = (history + [text]).suffix(Self.mostHistory).map { JSONValue.string($0).line + "\n" }
        try? WholeFile.write(lines.joined(), to: historyPath, makesFolder: true)
        // What an agent was told is its person's business alone.
        try? FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: historyPath)
    }
}
