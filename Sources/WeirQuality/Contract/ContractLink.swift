import WeirCore

/// A foreign key that points into another contract's file: it becomes a rule once that contract is at hand.
public struct ContractLink: Sendable, Hashable {
    /// The file as the reference names it, relative to the folder of the contract.
    public var file: String
    /// Id or name of the object there, and of its properties.
    public var object: String
    public var properties: [String]
    /// The columns here.
    public var columns: [ColumnPath]
    public var tolerance: Tolerance?
    public var onFail: OnFail?
    public var place: Place

    /// What is at the path of a file.
    public enum Found: Sendable {
        case contract(Contract)
        /// Something that is not of the project: the reference stays not checked.
        case elsewhere
        /// Nothing, where a file of the project should be.
        case nowhere(hint: String?)
    }

    /// What is said of it while it is not followed.
    var why: String { "\"\(file)\" is another contract; the reference is followed where both are of one project" }

    /// `file.yaml#schema/<id>/properties/<id>`, or `file.yaml#object.property`.
    static func parse(_ text: String) -> (file: String, object: String, property: String)? {
        let halves = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard halves.count == 2, !halves[0].isEmpty else { return nil }
        let parts = halves[1].split(separator: "/").map(String.init)
        if parts.count == 4, parts[0] == "schema", parts[2] == "properties" { return (halves[0], parts[1], parts[3]) }
        guard parts.count == 1, let dot = halves[1].lastIndex(of: "."), dot != halves[1].startIndex else { return nil }
        let property = halves[1][halves[1].index(after: dot)...]
        return property.isEmpty ? nil : (halves[0], String(halves[1][..<dot]), String(property))
    }
}

extension Contract {
    /// The contract with its references into other contracts made rules.
    ///
    /// - Parameters:
    ///   - find: what is at a path, as it is written in the project.
    ///   - table: the table that an object of a contract describes.
    ///   - problems: hears of references to what is not there.
    public func linked(
        find: (String) -> ContractLink.Found, table: (Contract, TableContract) -> String, problems: Problems
    ) -> Contract {
        var linked = self
        for index in tables.indices {
            for link in tables[index].links {
                let other: Contract
                switch find(path(of: link)) {
                case .contract(let found): other = found
                case .elsewhere: continue
                case .nowhere(let hint):
                    problems.add(
                        WeirError(
                            "contract.unknown-reference", "there is no contract \(link.file)", hint: hint,
                            at: link.place))
                    continue
                }
                guard let rule = rule(of: link, in: other, table: table, problems) else { continue }
                linked.tables[index].add(rule)
                func isFollowed(_ entry: NotChecked) -> Bool { entry.place == link.place && entry.why == link.why }
                linked.tables[index].notChecked.removeAll(where: isFollowed)
                linked.notChecked.removeAll(where: isFollowed)
            }
            linked.tables[index].links = []
        }
        return linked
    }

    private func path(of link: ContractLink) -> String {
        if link.file.contains("://") || link.file.hasPrefix("/") { return link.file }
        var parts = path.split(separator: "/").dropLast().map(String.init)
        for part in link.file.split(separator: "/") where part != "." {
            // What leaves the project's folder keeps its way out.
            if part == "..", let last = parts.last, last != ".." {
                parts.removeLast()
            } else {
                parts.append(String(part))
            }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }

    private func rule(
        of link: ContractLink, in other: Contract, table: (Contract, TableContract) -> String, _ problems: Problems
    ) -> Rule? {
        let wanted = link.object.lowercased()
        guard
            let object = other.tables.first(where: { $0.id == link.object })
                ?? other.tables.first(where: { $0.names.contains(wanted) })
        else {
            problems.add(
                WeirError(
                    "contract.unknown-reference", "\(other.path) has no object \"\(link.object)\"",
                    hint: DidYouMean.hint(for: link.object, among: other.tables.map(\.name)), at: link.place))
            return nil
        }
        var columns: [String] = []
        for name in link.properties {
            guard let column = object.columns.first(where: { $0.id == name }) ?? object.column(name) else {
                problems.add(
                    WeirError(
                        "contract.unknown-reference", "\(object.name) in \(other.path) has no property \"\(name)\"",
                        hint: DidYouMean.hint(for: name, among: object.columns.map(\.name)), at: link.place))
                return nil
            }
            columns.append(column.columnName)
        }
        return Rule(
            .foreignKey(ForeignKey(table: table(other, object), columns: columns)), columns: link.columns,
            tolerance: link.tolerance, onFail: link.onFail, place: link.place)
    }
}

extension TableContract {
    /// Adds a rule under an id of its own.
    mutating func add(_ rule: Rule) {
        var named = rule
        let taken = Set(rules.map(\.id))
        var number = 1
        while taken.contains(named.id) {
            number += 1
            named.id = "\(rule.id)#\(number)"
        }
        rules.append(named)
    }
}
