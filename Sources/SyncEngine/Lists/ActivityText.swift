import Connectors
import Records

/// The text of an activity as the CRM takes it.
///
/// What people typed into a form is hostile: where the CRM shows HTML, it is written so that it shows as what it is.
enum ActivityText {
    /// The text, cut to what the kind holds.
    static func form(_ text: Text, for traits: RemoteActivityTraits) -> Text {
        guard traits.isHTML else { return Text(Self.cut(text.string, to: traits.limit) { _ in nil }) }
        return Text(
            Self.cut(text.string, to: traits.limit) { scalar in
                switch scalar {
                case "&": "&amp;"
                case "<": "&lt;"
                case ">": "&gt;"
                case "\"": "&quot;"
                case "'": "&#39;"
                case "\n": "<br>"
                default: nil
                }
            }
        )
    }

    /// As many characters as fit, with some of them replaced; never half of a replacement.
    private static func cut(_ text: String, to limit: Int, _ replace: (Unicode.Scalar) -> String?) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let next = replace(scalar).map { Array($0.unicodeScalars) } ?? [scalar]
            guard result.count + next.count <= limit else { break }
            result.append(contentsOf: next)
        }
        return String(result)
    }
}
