import CEL
import Foundation

/// The official conformance cases as JSON, found beside the package; none when the folder is not there.
enum ConformanceCases {
    struct Case: Sendable {
        let name: String
        let expression: String
        let environment: CELEnvironment
        let bindings: CELBindings
        /// Nil when an error is expected.
        let expected: CELValue?
    }

    /// `RELAIS_CEL_CASES`, or `../shared/cel` beside the package.
    static let folder: URL? = {
        if let path = ProcessInfo.processInfo.environment["RELAIS_CEL_CASES"] { return URL(filePath: path) }
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        for root in [package, URL(filePath: FileManager.default.currentDirectoryPath)] {
            let folder = root.deletingLastPathComponent().appending(path: "shared/cel")
            if FileManager.default.fileExists(atPath: folder.path) { return folder }
        }
        return nil
    }()

    static func load(_ folder: URL) throws -> [Case] {
        let files = try FileManager.default.contentsOfDirectory(
            at: folder.resolvingSymlinksInPath(),
            includingPropertiesForKeys: nil
        )
        .filter { $0.pathExtension == "json" && $0.lastPathComponent != "index.json" }
        .sorted { $0.lastPathComponent < $1.lastPathComponent }
        var cases: [Case] = []
        for file in files {
            guard let root = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any] else {
                throw Problem("no object in \(file.lastPathComponent)")
            }
            for section in root["sections"] as? [[String: Any]] ?? [] {
                for test in section["tests"] as? [[String: Any]] ?? [] {
                    let place = "\(file.deletingPathExtension().lastPathComponent)/\(section["name"] ?? "")"
                    cases.append(try Case(test, in: place))
                }
            }
        }
        return cases
    }

    struct Problem: Error {
        let text: String
        init(_ text: String) { self.text = text }
    }
}

extension ConformanceCases.Case {
    init(_ test: [String: Any], in place: String) throws {
        name = "\(place)/\(test["name"] ?? "")"
        expression = test["expr"] as? String ?? ""
        var environment = CELEnvironment()
        environment.container = test["container"] as? String ?? ""
        environment.checksTypes = test["disable_check"] as? Bool != true
        environment.expandsMacros = test["disable_macros"] as? Bool != true
        let given = test["bindings"] as? [String: [String: Any]] ?? [:]
        var values: [CELValue?] = []
        for declaration in test["type_env"] as? [[String: Any]] ?? [] {
            guard let name = declaration["name"] as? String, let ident = declaration["ident"] else {
                throw ConformanceCases.Problem("a declaration of \(self.name)")
            }
            environment.declare(variable: name, try Self.type(ident))
            values.append(try given[name]?["value"].map(Self.value))
        }
        self.environment = environment
        bindings = CELBindings(values)
        let expect = test["expect"] as? [String: Any] ?? [:]
        expected = try expect["value"].map(Self.value)
        guard expected != nil || expect["error"] != nil || expect["any_error"] != nil else {
            throw ConformanceCases.Problem("the expectation of \(self.name)")
        }
    }

    private static func type(_ json: Any) throws -> CELType {
        switch json {
        case let name as String:
            switch name {
            case "bool": return .bool
            case "int64": return .int
            case "uint64": return .uint
            case "double": return .double
            case "string": return .string
            case "bytes": return .bytes
            case "null": return .null
            case "dyn": return .dyn
            default: throw ConformanceCases.Problem("the type \(name)")
            }
        case let object as [String: Any]:
            if let element = object["list"] { return .list(try type(element)) }
            if let pair = object["map"] as? [Any], pair.count == 2 { return .map(try type(pair[0]), try type(pair[1])) }
            throw ConformanceCases.Problem("the type \(object)")
        default: throw ConformanceCases.Problem("the type \(json)")
        }
    }

    private static func value(_ json: Any) throws -> CELValue {
        guard let object = json as? [String: Any], let (key, content) = object.first else {
            throw ConformanceCases.Problem("the value \(json)")
        }
        switch (key, content) {
        case ("null", _): return .null
        case ("bool", let value as Bool): return .bool(value)
        case ("int", let text as String): if let value = Int64(text) { return .int(value) }
        case ("uint", let text as String): if let value = UInt64(text) { return .uint(value) }
        case ("double", let text as String): if let value = Double(text) { return .double(value) }
        case ("string", let text as String): return .string(text)
        case ("bytes", let text as String): if let data = Data(base64Encoded: text) { return .bytes(Array(data)) }
        case ("list", let values as [Any]): return .list(try values.map(value))
        case ("map", let pairs as [[Any]]):
            return .map(try CELMap(pairs.map { CELMap.Entry(key: try value($0[0]), value: try value($0[1])) }))
        case ("type", let name as String): return .type(name)
        case ("timestamp", let parts as [String: Any]):
            let (seconds, nanoseconds) = numbers(parts)
            if let moment = CELTimestamp(seconds: seconds, nanoseconds: Int32(nanoseconds)) {
                return .timestamp(moment)
            }
        case ("duration", let parts as [String: Any]):
            let (seconds, nanoseconds) = numbers(parts)
            if let span = CELDuration(seconds: seconds, nanoseconds: nanoseconds) { return .duration(span) }
        default: break
        }
        throw ConformanceCases.Problem("the value \(object)")
    }

    private static func numbers(_ parts: [String: Any]) -> (Int64, Int64) {
        func number(_ name: String) -> Int64 {
            (parts[name] as? NSNumber)?.int64Value ?? (parts[name] as? String).flatMap { Int64($0) } ?? 0
        }
        return (number("seconds"), number("nanos"))
    }

    /// What is wrong; nil when the case passes.
    func failure() -> String? {
        do {
            let value = try environment.compile(expression).evaluate(bindings)
            guard let expected else { return "expected an error, found \(value)" }
            return Self.same(value, expected) ? nil : "expected \(expected), found \(value)"
        } catch {
            return expected == nil ? nil : "expected \(expected.map { "\($0)" } ?? ""), found the error \(error)"
        }
    }

    /// Equality of the cases: same type, NaN equals NaN, -0 is not 0, maps in any order.
    private static func same(_ left: CELValue, _ right: CELValue) -> Bool {
        switch (left, right) {
        case (.double(let left), .double(let right)):
            return left.isNaN ? right.isNaN : left == right && left.sign == right.sign
        case (.list(let left), .list(let right)):
            return left.count == right.count && zip(left, right).allSatisfy(same)
        case (.map(let left), .map(let right)):
            return left.count == right.count
                && left.entries.allSatisfy { entry in
                    right.entries.contains { same($0.key, entry.key) && same($0.value, entry.value) }
                }
        case (.optional(let left?), _): return same(left, right)
        default: return left.kind == right.kind && CELValue.equal(left, right)
        }
    }
}
