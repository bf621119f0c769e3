import Foundation

/// The built command under test.
enum Binary {
    /// Beside the test bundle, where SwiftPM puts the products of one build.
    static let path: String = {
        let candidates = [ProcessInfo.processInfo.arguments.first, Bundle.main.executablePath].compactMap(\.self)
        for start in candidates + Bundle.allBundles.map(\.bundlePath) {
            var folder = URL(fileURLWithPath: start).resolvingSymlinksInPath()
            while folder.path != "/" {
                let found = folder.appending(path: "weir").path
                if FileManager.default.isExecutableFile(atPath: found), !isFolder(found) { return found }
                folder = folder.deletingLastPathComponent()
            }
        }
        return "\(FileManager.default.currentDirectoryPath)/.build/debug/weir"
    }()

    private static func isFolder(_ path: String) -> Bool {
        var folder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &folder) && folder.boolValue
    }
}
