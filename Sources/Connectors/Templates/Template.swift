import Records

/// A JSON value with places to fill in: what a manifest writes where a request needs data.
///
/// `${name}` alone stands for the value with its type; inside other text it stands for its text, a list joined by commas.
/// What cannot be filled in is left out: a member of an object, an element of a list, a parameter of a query.
indirect enum Template: Sendable {
    /// A value without places.
    case constant(JSON)
    /// `${name}` and nothing else.
    case reference(String)
    /// Text with places in it.
    case text([TemplatePart])
    /// An object; members keep their order.
    case object([(key: String, value: Template)])
    /// A list; the items of an `each` become elements of the list itself.
    case array([Template])
    /// `{ $each: name, $item: … }`, or `$items` for several elements each: the items with `${item}` filled in.
    case each(list: String, items: [Template])
}

/// A piece of text in a template.
enum TemplatePart: Sendable {
    /// Text that stands for itself.
    case literal(String)
    /// A place to fill in.
    case reference(String)
}

extension Template {
    /// The value with all places filled in; nil if it is to be left out.
    func rendered(_ scope: TemplateScope) -> JSON? {
        switch self {
        case .constant(let value): return value
        case .reference(let name): return scope[name]
        case .text(let parts): return Self.joined(parts, scope).map(JSON.string)
        case .object(let members):
            return .object(members.compactMap { key, value in value.rendered(scope).map { (key: key, value: $0) } })
        case .array(let elements): return .array(elements.flatMap { $0.elements(scope) })
        case .each: return .array(self.elements(scope))
        }
    }

    /// The value as text, for paths, headers and queries; nil if it is to be left out.
    func text(_ scope: TemplateScope) -> String? { self.rendered(scope).flatMap(Self.text) }

    /// A value as it stands inside other text: a list joined by commas, null as nothing.
    static func text(_ value: JSON) -> String? {
        switch value {
        case .null, .object: nil
        case .bool(let flag): flag ? "true" : "false"
        case .number(let digits): digits
        case .string(let text): text
        case .array(let elements): elements.compactMap(Self.text).joined(separator: ",")
        }
    }

    /// The elements that this template adds to a list around it.
    private func elements(_ scope: TemplateScope) -> [JSON] {
        guard case .each(let list, let items) = self else { return self.rendered(scope).map { [$0] } ?? [] }
        return (scope[list]?.array ?? []).flatMap { element in
            let inner = scope.with(item: element)
            return items.compactMap { $0.rendered(inner) }
        }
    }

    private static func joined(_ parts: [TemplatePart], _ scope: TemplateScope) -> String? {
        var result = ""
        for part in parts {
            switch part {
            case .literal(let text): result += text
            case .reference(let name):
                guard let text = scope[name].flatMap(Self.text) else { return nil }
                result += text
            }
        }
        return result
    }

    /// All names that the template refers to.
    var references: [String] {
        switch self {
        case .constant: []
        case .reference(let name): [name]
        case .text(let parts):
            parts.compactMap { part in
                if case .reference(let name) = part { name } else { nil }
            }
        case .object(let members): members.flatMap { $0.value.references }
        case .array(let elements): elements.flatMap(\.references)
        case .each(let list, let items): [list] + items.flatMap(\.references)
        }
    }
}

/// The values that the places of a template are filled with.
struct TemplateScope: Sendable {
    // A handful of short names: comparing them costs less than hashing the one that is looked for.
    private var values: [(name: String, value: JSON)]
    /// What `${item}` stands for; apart from the others, so that an element of a list costs no copy of them.
    private var item: JSON?

    init(_ values: [String: JSON] = [:]) {
        self.values = values.map { (name: $0.key, value: $0.value) }
    }

    /// The same scope with more values; a name that was there already gets the new one.
    func adding(_ more: [String: JSON]) -> TemplateScope {
        guard !more.isEmpty else { return self }
        var scope = self
        for (name, value) in more {
            if let place = scope.values.firstIndex(where: { $0.name == name }) {
                scope.values[place].value = value
            } else {
                scope.values.append((name: name, value: value))
            }
        }
        if more["item"] != nil { scope.item = nil }
        return scope
    }

    /// The same scope within an element of a list.
    func with(item: JSON) -> TemplateScope {
        var scope = self
        scope.item = item
        return scope
    }

    /// The value of a name, or of a path into a value: `item.id`; nil if there is none.
    subscript(_ name: String) -> JSON? {
        if let value = self.root(name) { return value }
        var end = name.utf8.endIndex
        while let dot = name.utf8[..<end].lastIndex(of: UInt8(ascii: ".")) {
            if let root = self.root(String(name[..<dot])) {
                let rest = String(name[name.utf8.index(after: dot)...])
                // One key, as nearly always, need not be taken apart.
                let path = rest.utf8.contains(UInt8(ascii: ".")) ? AnswerPath(rest) : AnswerPath([rest])
                return path.first(in: root)
            }
            end = dot
        }
        return nil
    }

    private func root(_ name: String) -> JSON? {
        if let item, name == "item" { return item }
        return self.values.first { $0.name == name }?.value
    }
}
