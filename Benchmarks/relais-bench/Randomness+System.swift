import Glibc
import Records

extension Randomness {
    /// The system's generator, a kilobyte at a time, as the commands have it.
    static let system = Randomness(
        RandomReserve { words in
            let isFilled = words.withUnsafeMutableBytes { bytes in
                // At most 256 bytes at once (getentropy(3)).
                stride(from: 0, to: bytes.count, by: 256)
                    .allSatisfy { start in
                        let part = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<min(start + 256, bytes.count)])
                        return part.baseAddress.map { getentropy($0, part.count) } == 0
                    }
            }
            if !isFilled { for place in words.indices { words[place] = .random(in: .min ... .max) } }
        }
    )
}
