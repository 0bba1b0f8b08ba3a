package import CEL
package import Records

/// A transform of texts written as two expressions over `value` and `previous`, what the side to be written holds now.
///
/// A remote side that reads as the local value already keeps its spelling; nothing else is taken on trust: that what
/// was written reads back as it was is what `relais check` tries on generated values.
package struct CustomLens: CheckedLens {
    private struct Sources: Hashable {
        let toLocal: Text
        let toRemote: Text
    }

    private let reading: CELProgram
    private let writing: CELProgram
    /// Both expressions as the file has them.
    private let sources: Sources

    /// Creates the transform from programs of `CustomLens.environment`, and their sources.
    package init(toLocal: CELProgram, toRemote: CELProgram, sources: (toLocal: String, toRemote: String)) {
        self.reading = toLocal
        self.writing = toRemote
        self.sources = Sources(toLocal: Text(sources.toLocal), toRemote: Text(sources.toRemote))
    }

    /// The programs follow from their sources, as all have one environment.
    package static func == (left: Self, right: Self) -> Bool { left.sources == right.sources }

    package func hash(into hasher: inout Hasher) { hasher.combine(self.sources) }

    /// What the two expressions may speak of: the texts `value` and `previous`; the latter is null where there is none.
    package static var environment: CELEnvironment {
        var environment = CELEnvironment()
        environment.declare(variable: "value", .string)
        environment.declare(variable: "previous", .nullable(.string))
        return environment
    }

    package var name: String { "custom" }
    package var definition: String { "custom(\(self.sources.toLocal.string)|\(self.sources.toRemote.string))" }
    package var lensClass: LensClass { .partial }
    package var domain: String { "what its expressions make of texts" }
    package var canonicalForm: String { "what toLocal gives" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .text }
    package var localIsImage: Bool { true }

    package func toLocal(_ remote: Value, previous local: Value, in context: any LensContext) -> LensResult {
        remote.isBlank ? .value(Blank.carried(remote, onto: local)) : Self.run(self.reading, remote, local)
    }

    package func toRemote(_ local: Value, previous remote: Value, in context: any LensContext) -> LensResult {
        if local.isBlank { return .value(Blank.carried(local, onto: remote)) }
        if !remote.isBlank, self.toLocal(remote, previous: local, in: context) == .value(local) {
            return .value(remote)
        }
        return Self.run(self.writing, local, remote)
    }

    private static func run(_ program: CELProgram, _ value: Value, _ previous: Value) -> LensResult {
        guard case .text = value else { return .unmapped("\(value.kindName) where text is expected") }
        let held = previous.text.map { CELValue.string($0.string) } ?? .null
        do throws(CELError) {
            let result = try program.evaluate(CELBindings([value.cel, held]))
            guard let text = Value(result, as: .text), !text.isBlank else { return .unmapped("no text comes out") }
            return .value(text)
        } catch {
            return .unmapped("the expression fails: \(error.message)")
        }
    }

    /// Only what can be read is written back unchanged, so local values are made by reading.
    package func sampleLocal(_ source: inout SampleSource) -> Value {
        let read = self.toLocal(source.value(of: .text), previous: .absent, in: EmptyLensContext())
        return if case .value(let value) = read { value } else { .null }
    }
}
