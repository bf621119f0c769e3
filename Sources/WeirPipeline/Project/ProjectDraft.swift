import WeirConnect
import WeirCore

/// What is known of a project while its files are being read.
struct ProjectDraft {
    let root: String
    let problems: Problems
    let variables: Variables
    var connections: [String: ConnectionSettings] = [:]
    var defaults = Project.Defaults()
}
