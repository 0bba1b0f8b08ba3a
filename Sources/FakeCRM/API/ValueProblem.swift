/// Why a value is not acceptable for a property.
struct ValueProblem: Error {
    var property: String
    var code: String
    var message: String
}

extension APIError {
    /// The refusal of a write whose values are wrong, each listed on its own.
    static func invalidValues(_ problems: [ValueProblem], portalID: Int64) -> APIError {
        var list = JSONWriter()
        list.beginArray()
        for problem in problems {
            list.beginObject()
            list.key("isValid")
            list.bool(false)
            list.key("message")
            list.string(problem.message)
            list.key("error")
            list.string(problem.code)
            list.key("name")
            list.string(problem.property)
            list.key("localizedErrorMessage")
            list.string(problem.message)
            list.key("portalId")
            list.number(portalID)
            list.endObject()
        }
        list.endArray()
        var error = APIError.validation("Property values were not valid: \(readable(list.bytes))")
        error.details = problems.map {
            Detail(message: $0.message, code: $0.code, context: [("propertyName", [$0.property])])
        }
        return error
    }
}
