import WeirConnect
import WeirCore

extension Project {
    /// Runs `body`; what its errors tell of connections, no message keeps.
    ///
    /// Drivers quote their whole connection string, password and all, when a read fails.
    func withoutSecrets<R>(_ body: () throws -> R) throws -> R {
        do { return try body() } catch var error as WeirError {
            let secrets = connections.values.flatMap(\.secrets)
            error.message = Redaction.clean(error.message, secrets: secrets)
            error.hint = error.hint.map { Redaction.clean($0, secrets: secrets) }
            throw error
        }
    }
}
