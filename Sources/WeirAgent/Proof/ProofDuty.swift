/// What an agent must show before its task counts as done.
public enum ProofDuty: String, Sendable, Hashable, CaseIterable, Encodable {
    /// A model that was changed was built through the gate, and its tests passed, after the change.
    case modelTests = "model-tests"
    /// A change of a table's columns was tried after it was made.
    case migrationTest = "migration-test"
    /// A claim about speed stands on a measurement before and one after.
    case performanceFigures = "performance-figures"
    /// A model that was changed says why it is there.
    case documentation
}
