/// Functions that belong together and are added to an environment in one go.
package struct CELLibrary: Sendable {
    /// The name, for documents.
    package let name: String
    /// The functions.
    package let functions: [CELFunction]

    /// A library.
    package init(name: String, functions: [CELFunction]) {
        self.name = name
        self.functions = functions
    }
}
