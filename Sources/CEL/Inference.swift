/// Type parameters and what they turn out to be; the rules are those of cel-go's checker.
struct Inference {
    private var bindings: [String: CELType] = [:]
    private var fresh = 0
    /// How deep `matches` is.
    private var level = 0

    /// A type that is not known yet.
    mutating func unknown() -> CELType {
        fresh += 1
        return .parameter("%\(fresh)")
    }

    /// The signature with its type parameters replaced by unknown types.
    mutating func instantiate(_ types: [CELType]) -> [CELType] {
        var renamed: [String: CELType] = [:]
        return types.map { rename($0, &renamed) }
    }

    private mutating func rename(_ type: CELType, _ renamed: inout [String: CELType]) -> CELType {
        switch type {
        case .parameter(let name):
            if let known = renamed[name] { return known }
            let new = unknown()
            renamed[name] = new
            return new
        case .list(let element): return .list(rename(element, &renamed))
        case .map(let key, let value): return .map(rename(key, &renamed), rename(value, &renamed))
        case .optional(let wrapped): return .optional(rename(wrapped, &renamed))
        case .type(let described): return .type(rename(described, &renamed))
        case .opaque(let name, let arguments):
            var new: [CELType] = []
            for argument in arguments { new.append(rename(argument, &renamed)) }
            return .opaque(name, new)
        default: return type
        }
    }

    /// The deepest nesting of a type that is looked at, through what its parameters turned out to be.
    private static let depth = 24
    /// The most parts of a type that are looked at; without a limit, sharing could make a type exponentially large.
    private static let parts = 1_000

    /// The type with everything known put in; with `final`, what is still unknown becomes `dyn`.
    ///
    /// Beyond the limits a type is `dyn`, that is: checked only while running.
    func resolve(_ type: CELType, final: Bool = false) -> CELType {
        var parts = Self.parts
        return resolve(type, final, Self.depth, &parts)
    }

    private func resolve(_ type: CELType, _ final: Bool, _ depth: Int, _ parts: inout Int) -> CELType {
        parts -= 1
        guard depth > 0, parts > 0 else { return .dyn }
        switch type {
        case .parameter(let name):
            guard let bound = bindings[name] else { return final ? .dyn : type }
            return resolve(bound, final, depth - 1, &parts)
        case .list(let element): return .list(resolve(element, final, depth - 1, &parts))
        case .map(let key, let value):
            let key = resolve(key, final, depth - 1, &parts)
            return .map(key, resolve(value, final, depth - 1, &parts))
        case .optional(let wrapped): return .optional(resolve(wrapped, final, depth - 1, &parts))
        case .type(let described): return .type(resolve(described, final, depth - 1, &parts))
        case .opaque(let name, let arguments):
            var resolved: [CELType] = []
            for argument in arguments { resolved.append(resolve(argument, final, depth - 1, &parts)) }
            return .opaque(name, resolved)
        default: return type
        }
    }

    /// Whether values of the first types may be used where the second are wanted; learns from it when they may.
    mutating func assign(_ types: [CELType], to wanted: [CELType]) -> Bool {
        let before = bindings
        level = 0
        for (type, wanted) in zip(types, wanted) where !matches(type, wanted) {
            bindings = before
            return false
        }
        return true
    }

    /// The common type of two elements of a list or map literal; `dyn` when there is none.
    mutating func join(_ previous: CELType?, _ current: CELType) -> CELType {
        guard let previous else { return current }
        return assign([previous], to: [current]) ? moreGeneral(previous, current) : .dyn
    }

    /// Declares that a type stands for `dyn`.
    mutating func settle(_ type: CELType) {
        if case .parameter(let name) = resolve(type) { bindings[name] = .dyn }
    }

    // MARK: Rules

    private mutating func matches(_ type: CELType, _ wanted: CELType) -> Bool {
        level += 1
        defer { level -= 1 }
        guard level <= Self.depth else { return true }
        if case .parameter(let name) = wanted {
            let (isValid, isBound) = substitute(type, for: name)
            if isValid { return true }
            if isBound { return false }
        }
        if case .parameter(let name) = type { return substitute(wanted, for: name).isValid }
        switch (type, wanted) {
        case (.dyn, _), (_, .dyn), (.error, _), (_, .error): return true
        case (.null, let other), (let other, .null): return Self.takesNull(other)
        case (.nullable(let type), .nullable(let wanted)): return matches(type, wanted)
        case (.nullable(let type), let wanted): return matches(type, wanted)
        case (let type, .nullable(let wanted)): return matches(type, wanted)
        case (.list(let type), .list(let wanted)): return matches(type, wanted)
        case (.map(let key, let value), .map(let wantedKey, let wantedValue)):
            return matches(key, wantedKey) && matches(value, wantedValue)
        case (.optional(let type), .optional(let wanted)): return matches(type, wanted)
        case (.type, .type): return true
        case (.int, .number), (.uint, .number), (.double, .number): return true
        case (.opaque(let name, let types), .opaque(let wantedName, let wanted)):
            guard name == wantedName, types.count == wanted.count else { return false }
            for (type, wanted) in zip(types, wanted) where !matches(type, wanted) { return false }
            return true
        default: return type == wanted
        }
    }

    private static func takesNull(_ type: CELType) -> Bool {
        switch type {
        case .null, .nullable, .object, .opaque, .optional, .timestamp, .duration: true
        default: false
        }
    }

    private mutating func substitute(_ type: CELType, for name: String) -> (isValid: Bool, isBound: Bool) {
        if type == .parameter(name) { return (true, true) }
        if let bound = bindings[name] {
            if bound == type { return (true, true) }
            guard matches(type, bound) else { return (false, true) }
            let general = moreGeneral(type, bound)
            if !mentions(general, name, Self.depth) { bindings[name] = general }
            return (true, true)
        }
        guard !mentions(type, name, Self.depth) else { return (false, false) }
        bindings[name] = type
        return (true, false)
    }

    /// Whether a type contains a parameter, through what its parameters turned out to be; true when it is too deep.
    private func mentions(_ type: CELType, _ name: String, _ depth: Int) -> Bool {
        guard depth > 0 else { return true }
        switch type {
        case .parameter(let other):
            if other == name { return true }
            guard let bound = bindings[other] else { return false }
            return mentions(bound, name, depth - 1)
        case .list(let element): return mentions(element, name, depth - 1)
        case .map(let key, let value): return mentions(key, name, depth - 1) || mentions(value, name, depth - 1)
        case .optional(let wrapped): return mentions(wrapped, name, depth - 1)
        case .opaque(_, let arguments): return arguments.contains { mentions($0, name, depth - 1) }
        default: return false
        }
    }

    private func moreGeneral(_ left: CELType, _ right: CELType) -> CELType {
        isAtLeastAsGeneral(left, right) ? left : right
    }

    private func isAtLeastAsGeneral(_ left: CELType, _ right: CELType) -> Bool {
        switch (left, right) {
        case (.dyn, _), (.parameter, _): true
        case (_, .dyn), (_, .parameter): false
        case (.nullable(let left), .nullable(let right)): isAtLeastAsGeneral(left, right)
        case (.nullable(let left), .null): left != .null
        case (.nullable(let left), let right): isAtLeastAsGeneral(left, right)
        case (.null, _): false
        case (_, .null): true
        case (.list(let left), .list(let right)): isAtLeastAsGeneral(left, right)
        case (.map(let key, let value), .map(let otherKey, let otherValue)):
            isAtLeastAsGeneral(key, otherKey) && isAtLeastAsGeneral(value, otherValue)
        case (.optional(let left), .optional(let right)): isAtLeastAsGeneral(left, right)
        case (.type, .type): true
        case (.opaque(_, let left), .opaque(_, let right)):
            zip(left, right).allSatisfy { isAtLeastAsGeneral($0, $1) }
        default: left == right
        }
    }
}
