/// A credential: it masks itself wherever it is printed.
package struct Secret: Sendable {
    private let value: String

    /// Wraps a credential.
    package init(_ value: String) {
        self.value = value
    }

    /// The credential itself, for the one header or body that carries it.
    package func reveal() -> String { self.value }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "•••" }
    package var debugDescription: String { "•••" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
