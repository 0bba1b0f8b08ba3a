import Foundation
import Records
import Testing

@Suite struct JSONFuzzTests {
    @Test(arguments: UInt64(1)...20)
    func whatIsWrittenReadsBackTheSame(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<50 {
            let json = Self.document(depth: 0, &random)
            #expect(try JSON(parsing: json.bytes) == json, "seed \(seed)")
        }
    }

    /// Foundation reads the same language but for the rules we add, so that it can judge ours.
    @Test(arguments: UInt64(1)...20)
    func damagedDocumentsAreJudgedAsFoundationDoes(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let bytes = Self.damage(Self.document(depth: 0, &random).bytes, &random)
            let context: Comment = "seed \(seed): \(String(decoding: bytes, as: UTF8.self))"
            do {
                let json = try JSON(parsing: bytes)
                #expect(try JSON(parsing: json.bytes) == json, context)
                #expect(Self.isReadByFoundation(bytes) || Self.holdsHugeNumber(json), context)
            } catch {
                #expect(error.offset >= 0 && error.offset <= bytes.count, context)
                let ours: Set<JSONError.Reason> = [.duplicateKey, .nul, .loneSurrogate, .tooDeep]
                if !ours.contains(error.reason) { #expect(!Self.isReadByFoundation(bytes), context) }
            }
        }
    }

    @Test(arguments: UInt64(1)...5)
    func noiseNeverCrashesAnything(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let alphabet = Array("{}[]\",:\\ue019.-tfnrs \u{e9}\u{0}\n".utf8) + [0x80, 0xFF, 0xED, 0xA0]
        for _ in 0..<2000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            _ = try? JSON(parsing: bytes)
            bytes.withUnsafeBufferPointer { buffer in
                var scanner = JSONScanner(buffer)
                while let range = try? scanner.skipValue(maximumDepth: 64) {
                    #expect(!range.isEmpty && range.upperBound <= bytes.count, "seed \(seed)")
                }
            }
        }
    }

    private static func isReadByFoundation(_ bytes: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) != nil
    }

    /// Foundation refuses what no `Double` can hold; we keep the text.
    private static func holdsHugeNumber(_ json: JSON) -> Bool {
        switch json {
        case .number: json.double == nil
        case .array(let elements): elements.contains(where: holdsHugeNumber)
        case .object(let members): members.contains { holdsHugeNumber($0.value) }
        default: false
        }
    }

    private static func document(depth: Int, _ random: inout SplitMix64) -> JSON {
        switch Int.random(in: 0..<(depth < 5 ? 8 : 5), using: &random) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &random))
        case 2: return .number(String(Int.random(in: Int.min...Int.max, using: &random)))
        case 3: return .number("\(Double.random(in: -1e6...1e6, using: &random))")
        case 4: return .string(text(&random))
        case 5:
            return .array((0..<Int.random(in: 0..<5, using: &random)).map { _ in document(depth: depth + 1, &random) })
        default:
            return .object(
                (0..<Int.random(in: 0..<20, using: &random)).map { place in
                    (key: "\(place) \(text(&random))", value: document(depth: depth + 3, &random))
                }
            )
        }
    }

    private static func text(_ random: inout SplitMix64) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0..<20, using: &random) {
            let limits: [UInt32] = [0x20, 0x80, 0x800, 0xD800, 0x110000]
            let limit = limits[Int.random(in: 0..<limits.count, using: &random)]
            if let scalar = Unicode.Scalar(UInt32.random(in: 1..<limit, using: &random)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    private static func damage(_ bytes: [UInt8], _ random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        let pieces = [
            #"\u0000"#, #"\ud800"#, #"\udc00"#, "\"", "\\", ",", ":", "]", "}", "1", "-", "e", "null", "\u{1}",
        ]
        for _ in 0..<Int.random(in: 1..<4, using: &random) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.removeLast(bytes.count - place)
            case 1: bytes.remove(at: place)
            case 2: bytes[place] = UInt8.random(in: 1...255, using: &random)
            default:
                bytes.insert(contentsOf: pieces[Int.random(in: 0..<pieces.count, using: &random)].utf8, at: place)
            }
        }
        return bytes
    }
}

/// A generator whose sequence depends on its seed alone.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
