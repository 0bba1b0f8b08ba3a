/// The words of the mapping language, for pages and completions.
package enum MappingLanguage {
    /// The keys of a mapping file, sorted.
    package static var fileKeys: [String] { MappingReader.keys.sorted() }
    /// The keys of an entry of `fields`, sorted.
    package static var fieldKeys: [String] { FieldReader.keys.sorted() }
    /// The keys of an entry of `associations`, sorted.
    package static var associationKeys: [String] { FieldReader.associationKeys.sorted() }
    /// The keys of an entry of `consent`, sorted.
    package static var consentKeys: [String] { ConsentReader.keys.sorted() }
    /// The keys of an entry of `rollups`, sorted.
    package static var rollUpKeys: [String] { RollUpReader.keys.sorted() }
    /// The keys of an entry of `lists`, sorted.
    package static var listKeys: [String] { ListReader.keys.sorted() }
    /// The keys of an entry of `activities`, sorted.
    package static var activityKeys: [String] { ActivityReader.keys.sorted() }
    /// The transforms of `via`, sorted.
    package static var transforms: [String] { Set(ViaReader.plain + ViaReader.withArgument).sorted() }
}
