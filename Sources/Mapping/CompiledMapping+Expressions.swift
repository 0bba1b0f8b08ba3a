package import Records

extension CompiledMapping {
    /// Whether a remote record is taken in; `reads` are the values of `remoteReads`.
    package func passesPull(reads: [Value]) -> Bool { true }

    /// Whether a local record is sent out; the values go by the schema's positions.
    package func passesPush(local: [Value]) -> Bool { true }

    /// The value of a field that is computed from the remote record.
    package func computed(field: Int, remote: [Value]) -> Value { .absent }

    /// The value of a field that is computed from the local record.
    package func computed(field: Int, local: [Value]) -> Value { .absent }

    /// The remote properties that the filters and expressions read.
    package var remoteReads: [String] { [] }
}

extension MappingField {
    /// The local properties that a computed local side is made from.
    package var inputs: [String] { [] }
}
