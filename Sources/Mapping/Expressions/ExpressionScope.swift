package import CEL
package import Records

/// What the expressions of a mapping may speak of, and how they get at it.
///
/// A pull (`filter: pull`, a pulled `value:`) sees `remote`, whose fields are the remote properties that the mapping
/// names, as the CRM spells them. A push sees the local record, under the name of its object and as `local`. Both see the
/// constants `stage.lead`, … of the lifecycle. None sees the clock.
package struct ExpressionScope: Sendable {
    /// The local object.
    package let object: ObjectSchema
    /// The remote properties that the mapping names, in slot order.
    package let remoteProperties: [String]
    /// The lifecycle of the schema.
    package let lifecycle: Lifecycle

    /// Creates a scope.
    package init(object: ObjectSchema, remoteProperties: [String], lifecycle: Lifecycle) {
        self.object = object
        self.remoteProperties = remoteProperties
        self.lifecycle = lifecycle
    }

    /// The environment of expressions that read the remote record.
    package var pull: CELEnvironment {
        var environment = self.base
        environment.declare(
            object: "remote",
            fields: self.remoteProperties.enumerated().map { CELObjectType.Field($0.element, .dyn, slot: $0.offset) }
        )
        return environment
    }

    /// The environment of expressions that read the local record.
    package var push: CELEnvironment {
        var environment = self.base
        let fields = self.object.properties.enumerated().map {
            CELObjectType.Field($0.element.name, $0.element.type.cel, slot: $0.offset)
        }
        environment.declare(object: self.object.name, fields: fields)
        environment.declare(object: "local", fields: fields)
        return environment
    }

    private var base: CELEnvironment {
        var environment = CELEnvironment()
        environment.declare(library: .phone)
        for stage in self.lifecycle.stages + self.lifecycle.sideStages {
            guard let rank = self.lifecycle.comparisonRank(of: stage) else { continue }
            environment.declare(constant: "stage.\(stage.string)", .int(Int64(rank)))
        }
        return environment
    }
}

/// A remote record's values for an expression of the pull side, in the order of `CompiledMapping.remoteProperties`.
package struct RemoteActivation: CELActivation, Sendable {
    private let values: [Value]

    /// Creates the values of one evaluation.
    package init(_ values: [Value]) {
        self.values = values
    }

    package func value(variable: Int) -> CELValue? { nil }

    package func field(variable: Int, slot: Int) -> CELValue {
        slot < self.values.count ? self.values[slot].cel : .null
    }
}

/// A local record's values for an expression of the push side, in the order of the object's properties in the schema.
package struct LocalActivation: CELActivation, Sendable {
    private let values: [Value]
    private let types: PropertyTypes

    /// Creates the values of one evaluation.
    package init(_ values: [Value], types: PropertyTypes) {
        self.values = values
        self.types = types
    }

    package func value(variable: Int) -> CELValue? { nil }

    package func field(variable: Int, slot: Int) -> CELValue {
        guard slot < self.values.count, slot < self.types.types.count else { return .null }
        return self.values[slot].cel(as: self.types.types[slot], in: self.types.lifecycle)
    }
}

/// The types of an object's properties, shared by all evaluations over its records.
package final class PropertyTypes: Sendable {
    /// The types in the order of the schema.
    package let types: [PropertyType]
    /// The lifecycle that gives stages their rank.
    package let lifecycle: Lifecycle

    /// Creates the table of an object.
    package init(of object: ObjectSchema, lifecycle: Lifecycle) {
        self.types = object.properties.map(\.type)
        self.lifecycle = lifecycle
    }
}
