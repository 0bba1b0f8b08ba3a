package import Mapping
import Records

/// How the fields of a mapping differ from those that links remember.
///
/// A field whose definition changed has no shadow any more and falls under first contact; the others keep theirs (R9).
package struct ShapeDrift: Hashable, Sendable {
    /// A field as a link remembers it.
    package struct Known: Hashable, Sendable {
        /// Our property.
        package let local: String?
        /// The CRM's.
        package let remote: String?
        /// The hash of its definition.
        package let fingerprint: String

        /// Creates a field.
        package init(local: String?, remote: String?, fingerprint: String) {
            self.local = local
            self.remote = remote
            self.fingerprint = fingerprint
        }

        var name: String { self.local ?? self.remote ?? "" }
    }

    /// Fields that are new.
    package let added: [String]
    /// Fields whose definition changed.
    package let changed: [String]
    /// Fields that are not there any more.
    package let removed: [String]
    /// What first contact will do with those that are new or changed, by name.
    package let initial: [String: String]

    /// Whether nothing but places differs.
    package var isEmpty: Bool { self.added.isEmpty && self.changed.isEmpty && self.removed.isEmpty }

    /// Compares a mapping with what links remember.
    package init(_ mapping: CompiledMapping, known: [Known]) {
        func pair(_ field: MappingField) -> Known? {
            known.first { $0.local == field.local && $0.remote == field.remote }
        }
        let fresh = mapping.fields.filter { field in pair(field).map { $0.fingerprint != field.fingerprint } ?? true }
        self.added = fresh.filter { pair($0) == nil }.map(\.name)
        self.changed = fresh.filter { pair($0) != nil }.map(\.name)
        self.removed = known.filter { old in
            !mapping.fields.contains { $0.local == old.local && $0.remote == old.remote }
        }
        .map(\.name)
        self.initial = Dictionary(
            fresh.map { ($0.name, $0.initial?.rawValue ?? "nothing: plan will ask for an initial") },
            uniquingKeysWith: { first, _ in first }
        )
    }
}
