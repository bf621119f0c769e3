import Foundation
import WeirAI
import WeirCore
import WeirPipeline
import WeirStore

/// What Weir gives its agent beside files and a shell: the data tools, its task list and its memory.
enum AgentTools {
    /// - Parameter store: of the project; without one there is no task list.
    static func all(_ store: StateStore?, profile: AgentProfile, session: String) -> [any Tool] {
        let list = store.map {
            TodoWriteTool(book: TodoBook(store: $0, prefix: profile.todoPrefix), session: session) as any Tool
        }
        return DataTools.all() + [list].compactMap(\.self)
    }
}
