package import Records

/// Ties the id of one of our records to the id of the remote record that it is linked to.
///
/// A record without a link in this connection is `unlinked`: nothing is written until it has one.
package struct ReferenceLens: AgreementLens {
    /// The remote object that the ids belong to.
    package let remoteObject: String

    /// Creates the transform.
    package init(remoteObject: String) {
        self.remoteObject = remoteObject
    }

    package var name: String { "reference" }
    package var definition: String { "reference(\(self.remoteObject))" }
    package var lensClass: LensClass { .partial }
    package var domain: String { "records that are linked in the connection" }
    package var remoteShape: ValueShape { .text }
    package var localShape: ValueShape { .text }

    func agrees(_ local: Value, _ remote: Value, in context: any LensContext) -> Bool {
        guard case .text(let record) = local, case .text(let id) = remote else { return false }
        return self.remoteID(of: record, in: context) == id || self.record(for: id, in: context) == record
    }

    func makeLocal(_ remote: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard case .text(let id) = remote else { return .unmapped("\(remote.kindName) where an id is expected") }
        return self.record(for: id, in: context).map { .value(.text($0)) } ?? .unlinked
    }

    func makeRemote(_ local: Value, previous: Value, in context: any LensContext) -> LensResult {
        guard case .text(let record) = local, RecordID(record.string) != nil else {
            return .unmapped("\(local.kindName) where the id of a record is expected")
        }
        return self.remoteID(of: record, in: context).map { .value(.text($0)) } ?? .unlinked
    }

    func remoteID(of record: Text, in context: any LensContext) -> Text? {
        RecordID(record.string).flatMap { context.remoteID(of: $0, remoteObject: self.remoteObject) }
    }

    func record(for id: Text, in context: any LensContext) -> Text? {
        context.record(remoteID: id, remoteObject: self.remoteObject).map { Text($0.description) }
    }

    package func sampleLocal(_ source: inout SampleSource) -> Value {
        source.oneIn(6)
            ? source.blank() : source.pick(SampleContext.links).map { .text($0.record.description) } ?? .null
    }

    package func sampleRemote(_ source: inout SampleSource) -> Value {
        if source.oneIn(6) { return source.blank() }
        return source.oneIn(4) ? .text("999") : source.pick(SampleContext.links).map { .text($0.remote) } ?? .null
    }
}
