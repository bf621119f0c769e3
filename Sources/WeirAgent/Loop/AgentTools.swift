import WeirCore
import WeirPipeline
import WeirStore

/// What Weir gives its agent beside files and a shell: the data tools, its task list and its memory.
public enum AgentTools {
    /// - Parameters:
    ///   - store: of the project; without one there is no task list.
    ///   - prefix: what items of the task list start with; the profile's.
    public static func all(store: StateStore?, prefix: String?) -> [any Tool] { [] }

    public static func memory(store: StateStore?) -> AgentMemory { .none }
}
