import WeirCore

/// A date or time of a contract, compared with a column in the column's own type.
struct TemporalBound {
    private enum Shape { case date, time, timestamp }

    let text: String
    private let shape: Shape
    /// `Z`, `+02:00`, or nil.
    private let zone: String?

    init?(_ text: String) {
        guard DateText.isValid(text) else { return nil }
        self.text = text
        let clock = text.split(whereSeparator: { $0 == "T" || $0 == " " }).last.map(String.init) ?? text
        let hasClock = clock.contains(":")
        shape = !hasClock ? .date : clock == text ? .time : .timestamp
        let mark = hasClock ? clock.lastIndex(where: { "Z+-".contains($0) }) : nil
        zone = mark.map { String(clock[$0...]) }
    }

    /// `value < bound` in SQL; nil when the column's type and the bound have nothing in common. A bound
    /// without a zone is UTC.
    func comparison(_ value: String, _ comparison: String, _ family: TypeFamily) -> String? {
        switch (family, shape) {
        case (.time, .time): "\(value) \(comparison) CAST(\(literal) AS TIME)"
        case (.date, .date): "\(value) \(comparison) CAST(\(literal) AS DATE)"
        case (.date, .timestamp), (.timestamp, .date), (.timestamp, .timestamp): "\(value) \(comparison) \(timestamp)"
        case (.timestampTZ, .date), (.timestampTZ, .timestamp): "\(value) \(comparison) \(instant)"
        case (.text, .time): "TRY_CAST(\(value) AS TIME) \(comparison) CAST(\(literal) AS TIME)"
        case (.text, .date), (.text, .timestamp): "TRY_CAST(\(value) AS TIMESTAMP) \(comparison) \(timestamp)"
        default: nil
        }
    }

    private var literal: String { SQL.literal(text) }

    private var timestamp: String {
        if let zone, zone != "Z" { return "make_timestamp(epoch_us(\(instant)))" }
        return "CAST(\(literal) AS TIMESTAMP)"
    }

    private var instant: String {
        // Text without a zone would be read in the session's.
        let complete = zone == nil ? text + (shape == .date ? " 00:00:00+00" : "+00") : text
        return "CAST(\(SQL.literal(complete)) AS TIMESTAMP WITH TIME ZONE)"
    }
}
