package import Records

/// Answers cases that come in as lines of JSON, one line for each, in their order.
///
/// A line that is no case is answered with an error, too; blank lines are passed over. A line longer than the limit is
/// answered as soon as that shows.
package struct ExpressionLines {
    /// The longest line, in bytes.
    package static let longestLine = 1 << 20

    private var line: [UInt8] = []
    private var isSkipping = false

    /// Begins before the first line.
    package init() {}

    /// Takes the next bytes and gives the answers to the lines that end in them.
    package mutating func feed(_ bytes: UnsafeBufferPointer<UInt8>) -> [JSON] {
        var answers: [JSON] = []
        var rest = bytes[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            self.take(rest[..<end], &answers)
            if let answer = self.finish() { answers.append(answer) }
            rest = rest[(end + 1)...]
        }
        self.take(rest, &answers)
        return answers
    }

    private mutating func take(_ bytes: Slice<UnsafeBufferPointer<UInt8>>, _ answers: inout [JSON]) {
        guard !self.isSkipping else { return }
        self.line += bytes
        guard self.line.count > Self.longestLine else { return }
        answers.append(Self.problem("a line has at most \(Self.longestLine) bytes"))
        self.line = []
        self.isSkipping = true
    }

    /// Takes what stands behind the last line feed as a line; nil if there is nothing.
    package mutating func finish() -> JSON? {
        defer {
            self.line.removeAll(keepingCapacity: true)
            self.isSkipping = false
        }
        let isBlank = self.line.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") || $0 == 0x09 }
        return self.isSkipping || isBlank ? nil : Self.answer(self.line)
    }

    private static func answer(_ line: [UInt8]) -> JSON {
        var limits = JSONLimits(bytes: Self.longestLine, depth: 256)
        limits.allowsNul = true
        do {
            return try ExpressionCase(JSON(parsing: line, limits: limits)).answer()
        } catch let error as JSONError {
            return Self.problem("the line is no JSON: \(error)")
        } catch let problem as CaseProblem {
            return Self.problem(problem.message)
        } catch {
            return Self.problem("the line cannot be read")
        }
    }

    private static func problem(_ message: String) -> JSON {
        ["error": [["message": .string(message), "kind": "input"]]]
    }
}
