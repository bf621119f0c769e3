import WeirCore

/// What DuckDB says about a statement it refuses, in whichever of its three forms it was said.
struct EngineReport {
    /// `binder`, `parser`, `catalog`, …, lower case.
    var kind: String
    var message: String
    /// Where in the statement: in characters for the parser's errors, in UTF-8 bytes for all others.
    var position: Int?
    /// A line (1-based) and what it shows, where only a drawing of the place is known.
    var drawing: Drawing?
    var subtype: String?
    /// What kind of entry is missing from the catalogue: `Table`, `Scalar Function`, `Type`.
    var entryType: String?
    /// The name that the message is about.
    var name: String?

    struct Drawing {
        let line: Int
        /// The visible part of that line.
        let snippet: String
        /// Where in the snippet the marker stands, in characters.
        let marker: Int
    }

    /// The answer of `json_serialize_sql` and `json_serialize_plan`, or the object inside a message when
    /// `errors_as_json` is set.
    init(_ json: JSONTree) {
        kind = (json["error_type"] ?? json["exception_type"])?.text?.lowercased() ?? ""
        message = (json["error_message"] ?? json["exception_message"])?.text ?? "the statement is refused"
        position = json["position"]?.int
        subtype = json["error_subtype"]?.text
        entryType = json["type"]?.text
        name = json["name"]?.text
    }

    /// The text of an error: `Binder Error: …`, with a drawing (`LINE 1: …` and a caret) or a JSON object in it.
    init(message text: String) {
        var body = Substring(text)
        var kind = ""
        if let mark = text.firstRange(of: " Error: "), !text[..<mark.lowerBound].contains("\n") {
            kind = text[..<mark.lowerBound].lowercased()
            body = text[mark.upperBound...]
        }
        if body.hasPrefix("{"), let json = try? JSONTree.parse(String(body)) {
            self.init(json)
            return
        }
        var drawing: Drawing?
        if let mark = body.firstRange(of: "\nLINE ") {
            drawing = Drawing(body[mark.upperBound...])
            body = body[..<mark.lowerBound]
        }
        self.init(kind: kind, message: body.trimmed, drawing: drawing)
    }

    private init(kind: String, message: String, drawing: Drawing?) {
        self.kind = kind
        self.message = message
        self.drawing = drawing
    }
}

extension EngineReport.Drawing {
    /// Reads `3: where cc>1` and the caret's line below it.
    fileprivate init?(_ text: Substring) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 2, let colon = lines[0].firstIndex(of: ":"), let line = Int(lines[0][..<colon]),
            let caret = lines[1].firstIndex(of: "^")
        else { return nil }
        let label = "LINE \(line): ".count
        let marker = lines[1].distance(from: lines[1].startIndex, to: caret) - label
        guard marker >= 0 else { return nil }
        self.init(line: line, snippet: String(lines[0][colon...].dropFirst(2)), marker: marker)
    }
}

extension StringProtocol {
    /// Without blanks and line ends at either end.
    var trimmed: String {
        var text = Substring(self)
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text.drop(while: \.isWhitespace))
    }
}
