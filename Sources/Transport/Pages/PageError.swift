package import Records

/// Why a whole answer is no page of records.
package enum PageError: Error, Equatable {
    /// It is not JSON, or its brackets do not match, so that records may be missing.
    case malformed(JSONError)
    /// There are no records where they should be: an error message sent with status 200, perhaps.
    case noRecords
}

/// One record that was refused while the others of its page were read.
package struct BadRecord: Sendable, Equatable {
    /// Why it was refused.
    package enum Reason: Sendable, Equatable {
        /// What stands in its place is no object.
        case notAnObject
        /// Something inside it is not to be read; the offset counts from the start of the page.
        case json(JSONError)
    }

    /// Its place among the records of the answer, counted from 0.
    package let index: Int
    /// Why it was refused.
    package let reason: Reason
    /// Its id, when that much could be read.
    package let id: String?
    /// Its bytes within the page.
    package let range: Range<Int>
}

extension BadRecord: CustomStringConvertible {
    package var description: String {
        switch reason {
        case .notAnObject: "record \(index): not an object (byte \(range.lowerBound))"
        case .json(let error): "record \(index): \(error)"
        }
    }
}
