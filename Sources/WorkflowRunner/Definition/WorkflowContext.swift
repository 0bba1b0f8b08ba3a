package import Messaging
package import Records

/// What a workflow file may refer to.
package struct WorkflowContext: Sendable {
    /// The objects and the lifecycle.
    package let schema: Schema
    /// The templates; nil to take any name, for definitions that were checked long ago.
    package let templates: TemplateLibrary?
    /// The object that templates speak of.
    package let templateObject: Text
    /// The segments by name with their objects; nil to take any name.
    package let segments: [Text: Text]?

    /// Creates a context.
    package init(
        schema: Schema,
        templates: TemplateLibrary? = nil,
        templateObject: Text = "contact",
        segments: [Text: Text]? = nil
    ) {
        self.schema = schema
        self.templates = templates
        self.templateObject = templateObject
        self.segments = segments
    }
}
