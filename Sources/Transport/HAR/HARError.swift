/// Why a recording failed; the exchanges themselves are not affected.
package enum HARError: Error, Equatable {
    /// The file cannot be created.
    case cannotOpen(path: String, errno: Int32)
    /// An entry could not be written; the file is whole up to the one before.
    case cannotWrite(errno: Int32)
}
