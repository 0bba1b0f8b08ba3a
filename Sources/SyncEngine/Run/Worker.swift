/// Who works on a store: one process, as others that share the store see it.
package struct Worker: Sendable {
    /// A name that no other process has, now or later: `machine/boot/4711/81524`.
    package let name: String
    /// Whether the process of a name is dead for certain; false if that cannot be told from here.
    package let isDead: @Sendable (String) -> Bool

    /// Creates a worker.
    package init(name: String, isDead: @escaping @Sendable (String) -> Bool) {
        self.name = name
        self.isDead = isDead
    }
}
