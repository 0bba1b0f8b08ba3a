package import Records
package import Scoring

/// Everything that the runner works with, as the configuration says it now.
package struct AutomationLibrary: Sendable {
    /// The workflows, in the order of their names.
    package let workflows: [WorkflowDefinition]
    /// The segments, in the order of their names.
    package let segments: [Segment]
    /// The scoring rules; nil if there are none.
    package let scoring: ScoringRules?

    /// Creates a library; of two workflows or segments with one name the first counts.
    package init(workflows: [WorkflowDefinition] = [], segments: [Segment] = [], scoring: ScoringRules? = nil) {
        self.workflows = workflows.sorted { $0.name < $1.name }
        self.segments = segments.sorted { $0.name < $1.name }
        self.scoring = scoring
    }

    /// The workflow of a name.
    package subscript(workflow name: Text) -> WorkflowDefinition? { self.workflows.first { $0.name == name } }

    /// The events that a rule counts, or that a workflow starts from, waits for or adds.
    package var eventNames: Set<Text> {
        var names = Set(self.scoring?.eventNames ?? [])
        for workflow in self.workflows {
            if case .event(let name, _, _) = workflow.trigger { names.insert(name) }
            for step in workflow.steps {
                switch step.action {
                case .waitFor(let name, _, _, _, _, _), .emit(let name, _): names.insert(name)
                default: break
                }
            }
        }
        return names
    }

    /// The workflows that an event of that name may start.
    func started(by event: Text) -> [WorkflowDefinition] {
        self.workflows.filter {
            if case .event(event, _, _) = $0.trigger { true } else { false }
        }
    }

    /// The workflows that start for who joins a segment.
    func startedByJoining(_ segment: Text) -> [WorkflowDefinition] {
        self.workflows.filter {
            if case .joinedSegment(segment) = $0.trigger { true } else { false }
        }
    }
}
