#if canImport(Glibc)
import Glibc
#endif

/// Why a recording failed; the exchanges themselves are not affected.
package enum HARError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be created.
    case cannotOpen(path: String, errno: Int32)
    /// An entry could not be written; the file is whole up to the one before.
    case cannotWrite(errno: Int32)

    package var description: String {
        switch self {
        case .cannotOpen(let path, ELOOP): "\(path) cannot be recorded to: it is a symbolic link; name the file itself"
        case .cannotOpen(let path, let code): "\(path) cannot be recorded to: \(String(cString: strerror(code)))"
        case .cannotWrite(let code): "the recording is not whole: \(String(cString: strerror(code)))"
        }
    }
}
