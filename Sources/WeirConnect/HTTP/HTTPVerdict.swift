import WeirCore

/// What to make of one try. Pure, so that every rule can be tested without a network.
enum HTTPVerdict: Hashable {
    case accepted
    /// It may go better later; `after` is what the server asked for.
    case again(WeirError, after: Duration?)
    case refused(WeirError)

    /// Judges an answer by its status.
    static func of(status: Int, retryAfter: String?, excerpt: String, post: JSONPost) -> HTTPVerdict {
        if (200..<300).contains(status) { return .accepted }
        let said = excerpt.isEmpty ? "" : ": \(post.clean(excerpt))"
        let message = "\(post.shownURL) answered \(status)\(said)"
        switch status {
        case 408, 425, 429, 500, 502, 503, 504:
            let error = WeirError(
                "http.unavailable", message, hint: "the server is busy or down; try again later", isTransient: true,
                outcome: .systemFailed)
            let seconds = retryAfter.flatMap { Int64($0.filter { $0 != " " }) }
            return .again(error, after: seconds.map { .seconds(min(max($0, 0), 86_400)) })
        case 401, 403:
            return .refused(
                WeirError("http.unauthorized", message, hint: "check the API key", outcome: .systemFailed))
        case 300..<400:
            return .refused(
                WeirError(
                    "http.redirected", message, hint: "redirects are not followed; write the final address",
                    outcome: .systemFailed))
        default:
            return .refused(WeirError("http.refused", message, outcome: .systemFailed))
        }
    }

    /// Judges a try that got no answer: connections fail for reasons that pass.
    static func of(failure: String, post: JSONPost) -> HTTPVerdict {
        .again(
            WeirError(
                "http.unreachable", "\(post.shownURL) cannot be reached: \(post.clean(failure))",
                hint: "check the address and that the server is running", isTransient: true, outcome: .systemFailed),
            after: nil)
    }
}
