import WeirCore

extension AIClient {
    /// Asks, and where the policy says so asks once more when the answer is late. The first answer counts, and the
    /// other call is ended: what it had used by then stands in the ledger.
    ///
    /// A whole answer only: of a stream the reader has seen the beginning.
    ///
    /// - Parameter key: what the answer is kept by; nil keeps none.
    func hedged(
        _ request: AIRequest, _ chain: [Endpoint], _ options: AICallOptions, keptAs key: String?
    ) async throws -> AIResponse {
        guard let patience = (options.retry ?? settings.retry).hedgeAfter else {
            return try await call(request, chain, options, keptAs: key, deliver: nil)
        }
        // The second call begins with the models that the first would come to last.
        let other = Array(chain.dropFirst()) + chain.prefix(1)
        return try await withThrowingTaskGroup(of: Result<AIResponse, any Error>?.self) { group in
            group.addTask { await self.outcome(request, chain, options, key) }
            group.addTask {
                try await self.clock.sleep(patience)
                return nil
            }
            defer { group.cancelAll() }
            var underWay = 1
            var failure: (any Error)?
            while let found = try await group.next() {
                switch found {
                case nil:
                    underWay += 1
                    group.addTask { await self.outcome(request, other, options, key) }
                case .success(let answer): return answer
                case .failure(let error):
                    underWay -= 1
                    failure = failure ?? error
                }
                // What fails before anybody lost patience fails as a call without a second one does.
                if underWay == 0, let failure { throw failure }
            }
            throw failure ?? CancellationError()
        }
    }

    private func outcome(
        _ request: AIRequest, _ chain: [Endpoint], _ options: AICallOptions, _ key: String?
    ) async -> Result<AIResponse, any Error> {
        do { return .success(try await call(request, chain, options, keptAs: key, deliver: nil)) } catch {
            return .failure(error)
        }
    }
}
