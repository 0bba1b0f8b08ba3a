/// A syntax tree with what the checker found out about each node; enough to translate it, to SQL for instance.
package struct CheckedExpression: Sendable {
    /// What a name, a selection or a call stands for.
    package enum Reference: Sendable {
        /// A variable, by number.
        case variable(Int)
        /// A declared field of an object variable; the operand is not evaluated.
        case field(variable: Int, CELObjectType.Field)
        /// A declared field of some other record.
        case slot(CELObjectType, CELObjectType.Field)
        /// A named constant; the operand of a selection is not evaluated.
        case constant(CELValue)
        /// A variable of a macro, by slot.
        case local(Int)
        /// A name given by `cel.bind`, by slot.
        case bound(Int)
        /// A function; its receiver is no value but the namespace when `isQualified`.
        case function(name: String, isQualified: Bool)
        /// A name or function that does not exist, in a program that was not checked.
        case unknown(String)
    }

    /// The root of the tree.
    package let root: CELExpression
    private let types: [CELType]
    private let references: [Reference?]
    private let overloads: [Int: [Overload]]
    /// The slots of the variables of a macro, by the number of its node.
    let slots: [Int: [Int]]
    let source: SourceText
    /// The most variables of macros alive at once.
    let localCount: Int

    init(
        root: CELExpression,
        types: [CELType],
        references: [Reference?],
        overloads: [Int: [Overload]],
        slots: [Int: [Int]],
        source: SourceText,
        localCount: Int
    ) {
        self.root = root
        self.types = types
        self.references = references
        self.overloads = overloads
        self.slots = slots
        self.source = source
        self.localCount = localCount
    }

    /// How many numbers nodes have.
    var nodeCount: Int { types.count }

    /// The type of a node of this tree.
    package func type(of node: CELExpression) -> CELType { types[node.id] }

    /// What a node of this tree stands for; nil for literals, operators and macros.
    package func reference(of node: CELExpression) -> Reference? { references[node.id] }

    /// The 1-based line and column of a node, for messages.
    package func position(of node: CELExpression) -> (line: Int, column: Int) { source.position(at: node.offset) }

    /// The signatures that a call may mean.
    func overloads(of node: CELExpression) -> [Overload] { overloads[node.id] ?? [] }

    /// Whether a part of the tree reads no variable and calls no function of the host.
    func isConstant(_ part: CELExpression) -> Bool {
        var parts = [part]
        while let next = parts.popLast() {
            switch reference(of: next) {
            case .variable, .field, .slot, .local, .bound, .unknown: return false
            case .constant: continue
            case .function, nil: break
            }
            if overloads(of: next).contains(where: { !$0.isFoldable }) { return false }
            next.forEachChild { parts.append($0) }
        }
        return true
    }
}
