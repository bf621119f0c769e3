import Foundation
import WeirCore

/// What `weir doctor` found.
public struct Diagnosis: Sendable, Encodable {
    public var findings: [Finding] = []

    /// One thing looked at.
    public struct Finding: Sendable, Encodable {
        public enum Status: String, Sendable, Encodable, CaseIterable { case ok, warn, fail }

        /// `engine`, `project`, `warehouse`, `connection shop`, …
        public var check: String
        public var status: Status
        /// What was found, in a sentence. Never holds a secret.
        public var detail: String
        /// What to do about it.
        public var advice: String?
        /// What a failure means for the exit code.
        var outcome = Outcome.done

        private enum CodingKeys: String, CodingKey { case check, status, detail, advice }
    }

    /// The worst: ``Outcome/wrongUsage`` when the project's files are wrong, ``Outcome/systemFailed`` when
    /// something else failed.
    public var outcome: Outcome {
        findings.map(\.outcome.rawValue).max().flatMap(Outcome.init(rawValue:)) ?? .done
    }

    private enum CodingKeys: String, CodingKey { case status, findings }

    public func encode(to encoder: any Encoder) throws {
        var box = encoder.container(keyedBy: CodingKeys.self)
        let status = Finding.Status.allCases.last { status in findings.contains { $0.status == status } } ?? .ok
        try box.encode(status, forKey: .status)
        try box.encode(findings, forKey: .findings)
    }

    mutating func ok(_ check: String, _ detail: String) {
        findings.append(Finding(check: check, status: .ok, detail: detail))
    }

    mutating func warn(_ check: String, _ detail: String, _ advice: String?) {
        findings.append(Finding(check: check, status: .warn, detail: detail, advice: advice))
    }

    mutating func fail(_ check: String, _ detail: String, _ advice: String?, _ outcome: Outcome = .systemFailed) {
        let detail = detail.trimmingCharacters(in: .whitespacesAndNewlines)
        findings.append(Finding(check: check, status: .fail, detail: detail, advice: advice, outcome: outcome))
    }

    mutating func fail(_ check: String, _ error: any Error) {
        let error = WeirError.wrapping(error)
        fail(
            check, Redaction.clean(error.place.map { "\($0): \(error.message)" } ?? error.message), error.hint,
            error.outcome == .wrongUsage ? .wrongUsage : .systemFailed)
    }
}
