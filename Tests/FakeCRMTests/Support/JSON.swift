import Foundation

/// A JSON value that can be asked for anything.
struct JSON: Equatable {
    private let value: NSObject?

    init(_ bytes: [UInt8]) {
        let value = try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])
        self.value = value as? NSObject
    }

    private init(_ value: Any?) { self.value = value as? NSObject }

    subscript(_ name: String) -> JSON { JSON((self.value as? [String: Any])?[name]) }

    subscript(_ position: Int) -> JSON {
        let items = self.items
        return items.indices.contains(position) ? items[position] : JSON(nil as Any?)
    }

    var items: [JSON] { (self.value as? [Any] ?? []).map { JSON($0) } }
    var keys: [String] { (self.value as? [String: Any] ?? [:]).keys.sorted() }
    var text: String? { self.value as? String }
    var number: Int? { (self.value as? NSNumber)?.intValue }
    var flag: Bool? { (self.value as? NSNumber)?.boolValue }
    var isNull: Bool { self.value is NSNull }
    var isAbsent: Bool { self.value == nil }
}
