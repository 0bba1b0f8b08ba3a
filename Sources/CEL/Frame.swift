/// The state of one evaluation.
struct Frame {
    let activation: any CELActivation
    /// Nodes that may still be visited.
    var remaining: Int
    /// Variables of macros, by slot.
    var locals: [CELValue]
    /// Why the value of a `cel.bind` could not be had, by slot; raised where the name is used.
    var bindFailures: [Int: Failure] = [:]

    /// Pays for work that grows with the data.
    @inline(__always)
    mutating func spend(_ cost: Int) throws(Failure) {
        remaining &-= cost
        if remaining < 0 { throw .budget }
    }

    /// Pays for reading or writing so many bytes: one node for 32.
    @inline(__always)
    mutating func spend(bytes: Int) throws(Failure) {
        try spend(bytes >> 5 &+ 1)
    }
}
