import WeirConnect

/// With `batch:` files are published in pieces, so that a long catch-up keeps what it has done.
struct SourcePieces {
    /// In portions of about `batch` rows, judged by the files' sizes; everything at once without `batch:`.
    static func divide(_ input: SourceInput, load: LoadSettings) -> [SourceInput] {
        guard let batch = load.batch, load.strategy != .replace, !load.deleteMissing, input.files.count > 1 else {
            return [input]
        }
        let bytesPerRow = 100
        var pieces: [[InputFile]] = [[]]
        var size = 0
        for file in input.files {
            if size > 0, size + file.size > batch * bytesPerRow {
                pieces.append([])
                size = 0
            }
            pieces[pieces.count - 1].append(file)
            size += file.size
        }
        return pieces.map { files in
            var piece = input
            piece.files = files
            let wanted = Set(files.map(\.path))
            piece.groups = input.groups.compactMap { group in
                let own = group.files.filter { wanted.contains($0.path) }
                return own.isEmpty
                    ? nil : SourceInput.Group(header: group.header, files: own, blankLines: group.blankLines)
            }
            return piece
        }
    }
}
