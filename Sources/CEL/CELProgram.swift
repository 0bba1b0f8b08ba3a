/// A checked expression, ready to be evaluated any number of times, from any thread.
package struct CELProgram: Sendable {
    /// What a program reads: a variable as a whole, or one field of it.
    package struct Read: Sendable, Hashable {
        /// The number of the variable.
        package let variable: Int
        /// The field; nil when the variable is used as a whole.
        package let field: CELObjectType.Field?
    }

    /// The type of the result.
    package let resultType: CELType
    /// The variables and fields it may read; an evaluation may read fewer.
    package let reads: Set<Read>
    /// Whether the result depends on a clock variable (`now`, `today`).
    package let readsClock: Bool
    /// The checked syntax tree, for translation.
    package let expression: CheckedExpression
    private let root: any Node
    private let environment: CELEnvironment
    private let defaultBudget: Int

    init(_ checked: CheckedExpression, environment: CELEnvironment) {
        var compiler = Compiler(checked, environment)
        root = compiler.compile(checked.root)
        self.environment = environment
        expression = checked
        resultType = checked.type(of: checked.root)
        reads = compiler.reads
        readsClock = compiler.reads.contains { environment.clockVariables.contains($0.variable) }
        defaultBudget = environment.limits.budget
    }

    /// Evaluates; `budget` is the most nodes to visit, nil for the environment's limit.
    package func evaluate(_ activation: any CELActivation, budget: Int? = nil) throws(CELError) -> CELValue {
        var frame = Frame(activation: activation, remaining: budget ?? defaultBudget, locals: locals)
        do throws(Failure) {
            let value = try root.evaluate(&frame)
            guard frame.remaining >= 0 else { throw .budget }
            return value
        } catch {
            throw describe(error)
        }
    }

    /// Evaluates a condition: true or false, or nil when a field it needs has no value or its types do not fit.
    ///
    /// Nil is what SQL calls `UNKNOWN`: the record is not selected, by the condition or by its negation. Only an
    /// exhausted budget throws. Much faster than catching the error of `evaluate`.
    package func matches(_ activation: any CELActivation, budget: Int? = nil) throws(CELError) -> Bool? {
        var frame = Frame(activation: activation, remaining: budget ?? defaultBudget, locals: locals)
        do throws(Failure) {
            let isTrue = try root.condition(&frame)
            guard frame.remaining >= 0 else { throw .budget }
            return isTrue
        } catch {
            guard error.kind != .budget else { throw describe(error) }
            return nil
        }
    }

    /// What a part of the tree that reads nothing gives.
    package enum Constant: Sendable {
        /// A value.
        case value(CELValue)
        /// An error, whatever the record.
        case failure
    }

    /// The constant that a part of the tree is; nil when it reads a variable or calls a function of the host.
    package func constant(_ part: CELExpression) -> Constant? {
        guard expression.isConstant(part) else { return nil }
        var compiler = Compiler(expression, environment)
        var frame = Frame(activation: CELBindings(), remaining: defaultBudget, locals: locals)
        do throws(Failure) {
            let value = try compiler.compile(part).evaluate(&frame)
            return frame.remaining < 0 ? .failure : .value(value)
        } catch {
            return .failure
        }
    }

    private var locals: [CELValue] {
        expression.localCount == 0 ? [] : Array(repeating: .null, count: expression.localCount)
    }

    private func describe(_ failure: Failure) -> CELError {
        let offset = failure.offset < 0 ? expression.root.offset : Int(failure.offset)
        return expression.source.error(at: offset, failure.kind, failure.message, mend: failure.mend)
    }
}
