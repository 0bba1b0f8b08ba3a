import Records
import Synchronization
import Testing

@Suite struct RandomReserveTests {
    @Test func givesEachWordOnceAndInOrder() {
        let fills = Mutex<UInt64>(0)
        let reserve = RandomReserve(count: 3) { words in
            let fill = fills.withLock { count in
                count += 1
                return count
            }
            for place in words.indices { words[place] = fill * 10 + UInt64(place) }
        }
        let randomness = Randomness(reserve)
        #expect((0..<7).map { _ in randomness.next() } == [10, 11, 12, 20, 21, 22, 30])
        #expect(fills.withLock { $0 } == 3)
    }

    @Test func keepsNothingOfWhatItGave() {
        let seen = Mutex<[[UInt64]]>([])
        let reserve = RandomReserve(count: 2) { words in
            let left = words
            seen.withLock { $0.append(left) }
            words = [7, 8]
        }
        for _ in 0..<3 { _ = reserve.next() }
        #expect(seen.withLock { $0 } == [[0, 0], [0, 0]])
    }

    @Test func givesNobodyTheSameWordTwice() async {
        let counter = Mutex<UInt64>(0)
        let reserve = RandomReserve(count: 5) { words in
            for place in words.indices {
                words[place] = counter.withLock { count in
                    count += 1
                    return count
                }
            }
        }
        let all = await withTaskGroup(of: [UInt64].self) { group in
            for _ in 0..<4 { group.addTask { (0..<250).map { _ in reserve.next() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(all).count == 1000)
    }
}
