import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// What a child process prints, line by line; never waits longer than it says.
final class ProcessOutput {
    /// How long to wait for more, in milliseconds; a loaded machine may need seconds to start an interpreter.
    private static let patience: Int32 = 60_000

    private let handle: FileHandle
    private var pending: [UInt8] = []

    init(_ pipe: Pipe) {
        handle = pipe.fileHandleForReading
    }

    /// The next line without its end; nil when the child has closed its end or says nothing for a minute.
    func line() -> String? {
        var searched = 0
        while true {
            if let end = pending[searched...].firstIndex(of: 0x0A) {
                defer { pending.removeFirst(end + 1) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            searched = pending.count
            guard fill() else { return nil }
        }
    }

    private func fill() -> Bool {
        var waiting = pollfd(fd: handle.fileDescriptor, events: Int16(POLLIN), revents: 0)
        guard poll(&waiting, 1, Self.patience) > 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let count = read(handle.fileDescriptor, &buffer, buffer.count)
        guard count > 0 else { return false }
        pending.append(contentsOf: buffer[..<count])
        return true
    }
}
