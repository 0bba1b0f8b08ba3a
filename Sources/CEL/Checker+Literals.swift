/// Arguments written in the expression that can be seen to be wrong before anything runs.
extension Checker {
    mutating func checkLiterals(_ overload: Overload, _ arguments: [CELExpression]) {
        guard let last = arguments.last, case .literal(.string(let text)) = last.kind else { return }
        if let problem = overload.literalProblem?(text) {
            report(last, .invalidArgument, problem.message, mend: problem.mend)
        }
        switch (overload.name, overload.parameters) {
        case ("matches", _):
            do throws(RegexProblem) {
                _ = try RegexProgram(text)
            } catch {
                report(last, .invalidArgument, error.message)
            }
        case ("timestamp", [.string]):
            guard CELTimestamp(text) == nil else { return }
            report(last, .invalidArgument, "this is no RFC 3339 time", mend: "write it as '2026-03-02T09:00:00Z'")
        case ("date", [.string]):
            guard DateFunctions.day(text) == nil else { return }
            report(last, .invalidArgument, "this is no day", mend: "write it as '2026-03-02'")
        case ("duration", [.string]):
            guard CELDuration(text) == nil else { return }
            report(last, .invalidArgument, "this is no duration", mend: "write it as '90s', '1h30m' or '168h'")
        case (_, [.timestamp, .string]), (_, [.timestamp, .int, .string]), (_, [.timestamp, .timestamp, .string]),
            ("date", [.string, .string]):
            guard Zone(text) == nil else { return }
            report(last, .invalidArgument, "there is no time zone of this name", mend: "write it as 'Europe/Paris'")
        default: return
        }
    }
}
