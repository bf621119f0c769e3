import Foundation
import WeirCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Reads what a person types, with a cursor and a history.
struct LineEditor: Sendable {
    let historyPath: String?
    static let mostHistory = 500

    /// The text; nil when the person is done (Ctrl-D, or an interrupt on an empty line).
    func line(prompt: String) async -> String? {
        let history = history()
        // It waits for a person: a thread of its own.
        let text: String? = await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: Self.readNow(prompt, history)) }
        }
        if let text, !text.allSatisfy(\.isWhitespace) { remember(text, history) }
        return text
    }

    private static func readNow(_ prompt: String, _ history: [String]) -> String? {
        guard isatty(0) == 1, isatty(1) == 1, let usual = enterRawMode() else {
            write(prompt)
            return readLine()
        }
        write("\u{1B}[?2004h")
        defer {
            write("\u{1B}[?2004l")
            var usual = usual
            tcsetattr(0, TCSADRAIN, &usual)
        }
        var buffer = LineBuffer(history: history)
        let width = Terminal.of(descriptor: 1).width ?? 80
        write(buffer.draw(prompt: prompt, width: width))
        while true {
            var byte: UInt8 = 0
            let count = read(0, &byte, 1)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return nil }
            switch buffer.take(byte) {
            case .editing: write(buffer.draw(prompt: prompt, width: width))
            case .entered(let text):
                write(buffer.leave(prompt: prompt, width: width))
                return text
            case .interrupted:
                let wasEmpty = buffer.text.isEmpty
                write(buffer.leave(prompt: prompt, width: width))
                if wasEmpty { return nil }
                buffer = LineBuffer(history: history)
                write(buffer.draw(prompt: prompt, width: width))
            case .ended:
                write(buffer.leave(prompt: prompt, width: width))
                return nil
            }
        }
    }

    /// Bytes come as they are typed; nil where that cannot be had.
    private static func enterRawMode() -> termios? {
        var usual = termios()
        guard tcgetattr(0, &usual) == 0 else { return nil }
        var raw = usual
        raw.c_lflag &= ~tcflag_t(ICANON | ECHO | ISIG | IEXTEN)
        raw.c_iflag &= ~tcflag_t(ICRNL | IXON)
        return tcsetattr(0, TCSADRAIN, &raw) == 0 ? usual : nil
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
    }
}
