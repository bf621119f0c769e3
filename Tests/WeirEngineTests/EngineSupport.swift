import WeirCore

/// The code of the error that `body` throws; nil when it throws none.
func errorCode(_ body: () async throws -> Void) async -> String? {
    do {
        try await body()
        return nil
    } catch { return WeirError.wrapping(error).code }
}
