package import CEL
import Mapping
package import Records

/// What the expressions of automation may speak of: one record by its object's name, the lifecycle's stages as
/// `stage.mql`, and further variables that the place of use adds.
package struct RecordVocabulary: Sendable {
    /// A further variable.
    package struct Variable: Sendable {
        /// Its name in expressions.
        package let name: String
        /// Its type.
        package let type: CELType

        /// Creates a variable.
        package init(_ name: String, _ type: CELType) {
            self.name = name
            self.type = type
        }

        /// The attributes of the event that is being looked at.
        package static let event = Variable("event", .map(.string, .dyn))
        /// What is known of a hand-off, in mails about one.
        package static let handOff = Variable("handoff", .map(.string, .dyn))
    }

    /// The object that the record variable is of.
    package let object: ObjectSchema
    /// What expressions are compiled in.
    package let environment: CELEnvironment
    /// The record's type, whose slots are the places of its properties in the schema.
    package let type: CELObjectType
    /// The order of stages.
    package let lifecycle: Lifecycle
    fileprivate let types: PropertyTypes

    /// Creates the vocabulary for records of an object.
    package init(_ object: ObjectSchema, lifecycle: Lifecycle, variables: [Variable] = []) {
        let fields = object.properties.enumerated().map { slot, property in
            CELObjectType.Field(property.name, property.type.cel, slot: slot)
        }
        let type = CELObjectType(name: object.name, fields: fields)
        var environment = CELEnvironment()
        environment.declare(library: .phone)
        environment.declare(variable: object.name, .object(type))
        for variable in variables { environment.declare(variable: variable.name, variable.type) }
        for stage in lifecycle.stages + lifecycle.sideStages {
            guard let rank = lifecycle.comparisonRank(of: stage) else { continue }
            environment.declare(constant: "stage.\(stage.string)", .int(Int64(rank)))
        }
        self.object = object
        self.environment = environment
        self.type = type
        self.lifecycle = lifecycle
        self.types = PropertyTypes(of: object, lifecycle: lifecycle)
    }

    /// The values for one evaluation: the record's, by the schema's places, then the further variables' in their order.
    package func activation(_ values: [Value], _ variables: CELValue...) -> RecordActivation {
        RecordActivation(RecordHandle(values, self), variables)
    }
}

/// One record as expressions read it.
package final class RecordHandle: CELObject {
    package let objectType: CELObjectType
    private let values: [Value]
    private let types: PropertyTypes

    init(_ values: [Value], _ vocabulary: RecordVocabulary) {
        self.objectType = vocabulary.type
        self.values = values
        self.types = vocabulary.types
    }

    package func field(slot: Int) -> CELValue {
        guard slot < self.values.count, slot < self.types.types.count else { return .null }
        return self.values[slot].cel(as: self.types.types[slot], in: self.types.lifecycle)
    }
}

/// The values of one evaluation.
package struct RecordActivation: CELActivation, Sendable {
    private let record: RecordHandle
    private let variables: [CELValue]

    init(_ record: RecordHandle, _ variables: [CELValue]) {
        self.record = record
        self.variables = variables
    }

    package func value(variable: Int) -> CELValue? {
        if variable == 0 { return .object(self.record) }
        return variable <= self.variables.count ? self.variables[variable - 1] : nil
    }

    package func field(variable: Int, slot: Int) -> CELValue {
        if variable == 0 { return self.record.field(slot: slot) }
        guard case .object(let object)? = self.value(variable: variable) else { return .null }
        return object.field(slot: slot)
    }
}
