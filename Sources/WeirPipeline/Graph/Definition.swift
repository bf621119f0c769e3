import WeirConnect
import WeirCore

/// Fingerprints of definitions: what counts as a change of a table, and what does not.
enum Definition {
    static func fingerprint(of model: ModelDefinition, normalised: String) -> String {
        Fingerprint.of(["model", normalised] + parts(of: model.load))
    }

    static func fingerprint(of source: SourceDefinition) -> String {
        var parts = ["source"]
        switch source.origin {
        case .files(let files):
            parts += files.patterns + [files.format.rawValue, "\(files.options)"]
        case .database(let reader):
            parts += [reader.engine, reader.connection, "\(reader.content)"]
        }
        parts += source.columns.flatMap { [$0.name, $0.type] }
        return Fingerprint.of(parts + self.parts(of: source.load))
    }

    private static func parts(of load: LoadSettings) -> [String] {
        var parts = [load.strategy.rawValue] + load.key
        parts.append(load.watermark ?? "")
        parts.append(load.deleteMissing ? "delete missing" : "")
        if let interval = load.interval { parts += [interval.column, interval.grain.rawValue] }
        if load.strategy == .scd2 { parts += [load.scd2.updatedAt ?? "", load.scd2.deletes.rawValue] }
        return parts
    }
}
