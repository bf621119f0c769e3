/// Contracts in a few lines.
enum Contracts {
    /// - Parameters:
    ///   - properties: YAML list items, indented by six spaces.
    ///   - extra: keys of the table, indented by four spaces.
    static func table(_ name: String, _ properties: String, extra: String = "") -> String {
        """
        apiVersion: v3.1.0
        kind: DataContract
        id: test
        version: 1.0.0
        status: active
        schema:
          - name: \(name.split(separator: ".").last ?? "")
            physicalName: \(name)
        \(extra)
            properties:
        \(properties)
        """
    }
}
