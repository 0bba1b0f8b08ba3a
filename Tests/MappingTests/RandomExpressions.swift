import Records

/// Cases with random expressions over variables of every plain type; most are well typed.
struct RandomExpressions {
    private var state: UInt64

    init(seed: UInt64) { self.state = seed }

    private static let types = [
        ("i", "int64"), ("j", "int64"), ("u", "uint64"), ("d", "double"), ("e", "double"), ("s", "string"),
        ("t", "string"),
        ("b", "bool"), ("y", "bytes"),
    ]
    private static let ints = [
        "0", "1", "-1", "2", "7", "9223372036854775807", "-9223372036854775808", "4294967296", "-5",
    ]
    private static let uints = ["0", "1", "3", "18446744073709551615", "9223372036854775808"]
    private static let doubles = ["0.0", "-0.0", "1.5", "-2.25", "1e300", "9007199254740993.0", "0.1", "1e-300", "3.0"]
    private static let texts = [
        "", "a", "ab", "Abc", "é", "e\u{301}", "😀x", "a,b,c", "  x ", "10", "-3", "1.5", "true", "\n",
    ]

    private mutating func below(_ bound: Int) -> Int {
        // SplitMix64.
        self.state &+= 0x9E37_79B9_7F4A_7C15
        var bits = (self.state ^ (self.state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((bits ^ (bits >> 31)) % UInt64(bound))
    }

    private mutating func pick(_ words: [String]) -> String { words[self.below(words.count)] }

    /// A case as a line of JSON.
    mutating func next() -> String {
        let depth = 1 + self.below(4)
        let makers: [(inout RandomExpressions) -> String] = [
            { $0.bool(depth) }, { $0.bool(depth) }, { $0.int(depth) }, { $0.double(depth) }, { $0.text(depth) },
            { $0.list(depth) }, { $0.uint(depth) }, { $0.map(depth) },
        ]
        let expression = makers[self.below(makers.count)](&self)
        let json: JSON = [
            // The other implementation does not check comparisons across types of numbers.
            "expr": .string(expression), "disable_check": true,
            "type_env": .array(
                Self.types.map { ["name": .string($0.0), "ident": .string($0.1)] }
                    + [
                        ["name": "l", "ident": ["list": "int64"]],
                        ["name": "m", "ident": ["map": ["string", "int64"]]],
                    ]
            ),
            "bindings": .object(self.bindings()),
        ]
        return json.text
    }

    private mutating func bindings() -> [(key: String, value: JSON)] {
        var bindings = Self.types.map { name, type -> (key: String, value: JSON) in
            let value: JSON =
                switch type {
                case "int64": ["int": .string(self.pick(Self.ints))]
                case "uint64": ["uint": .string(self.pick(Self.uints))]
                case "double": ["double": .string(self.pick(Self.doubles))]
                case "bool": ["bool": .bool(self.below(2) == 0)]
                case "bytes": ["bytes": .string(self.pick(["", "YQ==", "/w==", "YWI="]))]
                default: ["string": .string(self.pick(Self.texts))]
                }
            return (name, ["value": value])
        }
        let elements = (0..<self.below(4)).map { _ -> JSON in ["int": .string(self.pick(Self.ints))] }
        bindings.append(("l", ["value": ["list": .array(elements)]]))
        let entries: [JSON] = [
            [["string": "a"], ["int": .string(self.pick(Self.ints))]], [["string": "é"], ["int": "3"]],
        ]
        bindings.append(("m", ["value": ["map": .array(entries)]]))
        return bindings
    }

    // MARK: Expressions by type

    private mutating func bool(_ depth: Int) -> String {
        guard depth > 0 else {
            return self.pick(["b", "true", "false", "('a' in m)", "has(m.a)", "has(m.zz)", "(i in l)"])
        }
        let below = depth - 1
        switch self.below(13) {
        case 0: return "(\(self.bool(below)) && \(self.bool(below)))"
        case 1: return "(\(self.bool(below)) || \(self.bool(below)))"
        case 2: return "!\(self.bool(below))"
        case 3:
            return
                "(\(self.int(below)) \(self.order()) \(self.pick([self.int(below), self.double(below), self.uint(below)])))"
        case 4: return "(\(self.double(below)) \(self.order()) \(self.pick([self.int(below), self.double(below)])))"
        case 5: return "(\(self.text(below)) \(self.order()) \(self.text(below)))"
        case 6: return "(\(self.list(below)) == \(self.list(below)))"
        case 7: return "\(self.text(below)).\(self.pick(["startsWith", "endsWith", "contains"]))(\(self.text(below)))"
        case 8:
            return "\(self.text(below)).matches(\(self.pick(["'a+'", "'^[a-z]*$'", "'b|é'", "'\\\\d'", "'.'", "''"])))"
        case 9:
            return
                "\(self.list(below)).\(self.pick(["all", "exists", "exists_one"]))(x, x \(self.order()) \(self.int(below)))"
        case 10: return "(\(self.bool(below)) ? \(self.bool(below)) : \(self.bool(below)))"
        case 11:
            return
                "(dyn(\(self.int(below))) == dyn(\(self.pick([self.uint(below), self.double(below), self.text(below)]))))"
        default: return "(\(self.int(below)) in \(self.list(below)))"
        }
    }

    private mutating func order() -> String { self.pick(["==", "!=", "<", "<=", ">", ">="]) }

    private mutating func int(_ depth: Int) -> String {
        guard depth > 0 else { return self.pick(["i", "j", "1", "0", "-3", "7", "l[0]", "m.a", "m['é']", "size(l)"]) }
        let below = depth - 1
        switch self.below(11) {
        case 0...4: return "(\(self.int(below)) \(self.pick(["+", "-", "*", "/", "%"])) \(self.int(below)))"
        case 5: return "size(\(self.text(below)))"
        case 6: return "int(\(self.pick([self.double(below), self.uint(below), self.text(below)])))"
        case 7: return "\(self.list(below))[\(self.int(below))]"
        case 8: return "(\(self.bool(below)) ? \(self.int(below)) : \(self.int(below)))"
        case 9: return "\(self.text(below)).\(self.pick(["indexOf", "lastIndexOf"]))(\(self.text(below)))"
        default: return "-\(self.int(0))"
        }
    }

    private mutating func uint(_ depth: Int) -> String {
        guard depth > 0 else { return self.pick(["u", "1u", "0u", "7u"]) }
        let below = depth - 1
        guard self.below(4) == 0 else {
            return "(\(self.uint(below)) \(self.pick(["+", "-", "*", "/", "%"])) \(self.uint(below)))"
        }
        return "uint(\(self.pick([self.int(below), self.double(below), self.text(below)])))"
    }

    private mutating func double(_ depth: Int) -> String {
        guard depth > 0 else { return self.pick(["d", "e", "1.5", "-0.5", "1e10"]) }
        let below = depth - 1
        switch self.below(6) {
        case 0...3: return "(\(self.double(below)) \(self.pick(["+", "-", "*", "/"])) \(self.double(below)))"
        case 4: return "double(\(self.pick([self.int(below), self.uint(below), self.text(below)])))"
        default: return "math.\(self.pick(["ceil", "floor", "abs", "round", "trunc"]))(\(self.double(below)))"
        }
    }

    private mutating func text(_ depth: Int) -> String {
        guard depth > 0 else { return self.pick(["s", "t", "'a'", "'é'", "''", "'a,b'", "'-12'"]) }
        let below = depth - 1
        switch self.below(11) {
        case 0, 1: return "(\(self.text(below)) + \(self.text(below)))"
        case 2: return "string(\(self.pick([self.int(below), self.uint(below), self.bool(below)])))"
        case 3: return "\(self.text(below)).\(self.pick(["lowerAscii", "upperAscii", "trim"]))()"
        case 4: return "\(self.text(below)).replace(\(self.text(below)), \(self.text(below)))"
        case 5: return "\(self.text(below)).substring(\(self.int(0)))"
        case 6: return "\(self.text(below)).charAt(\(self.int(0)))"
        case 7: return "\(self.text(below)).split(\(self.text(0))).join('-')"
        case 8: return "(\(self.bool(below)) ? \(self.text(below)) : \(self.text(below)))"
        case 9: return "'%s|%d'.format([\(self.text(below)), \(self.int(below))])"
        default: return "cel.bind(z, \(self.text(below)), z + z)"
        }
    }

    private mutating func list(_ depth: Int) -> String {
        guard depth > 0 else { return self.pick(["l", "[1, 2, 3]", "[i, j]", "[]", "[0]"]) }
        let below = depth - 1
        switch self.below(4) {
        case 0: return "(\(self.list(below)) + \(self.list(below)))"
        case 1: return "\(self.list(below)).map(x, x \(self.pick(["+", "*", "-"])) \(self.int(below)))"
        case 2: return "\(self.list(below)).filter(x, x \(self.order()) \(self.int(below)))"
        default: return "[\(self.int(below)), \(self.int(below))]"
        }
    }

    private mutating func map(_ depth: Int) -> String {
        let below = max(0, depth - 1)
        return
            "{\(self.text(below)): \(self.int(below)), \(self.text(below)): \(self.pick([self.int(below), self.bool(below)]))}"
    }
}
