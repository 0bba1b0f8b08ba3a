extension Migration {
    /// The object of the record that took another one's place, where it is not the same object.
    static let conversion = Migration(
        name: "010-conversion",
        template: "ALTER TABLE observation ADD COLUMN merged_object #int;"
    )
}
