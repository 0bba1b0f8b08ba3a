/// Pairs rows with columns, each at most once, so that the sum of the gains is the greatest possible.
///
/// The Hungarian method with potentials, O(rows² · columns). Ties go to the earlier column, so that one table always
/// gives one answer.
enum Assignment {
    /// The column of each row; nil where no pair with a gain above 0 is worth it.
    ///
    /// Rows are of equal length.
    static func best(_ gains: [[Double]]) -> [Int?] {
        guard let width = gains.first?.count, width > 0 else { return gains.map { _ in nil } }
        // Every row may stay alone: one more column for each, which gains nothing.
        let columns = width + gains.count
        func cost(_ row: Int, _ column: Int) -> Double {
            column < width ? -max(0, gains[row][column]) : 0
        }
        // Places from 1; 0 stands for "none yet".
        var rowPotential = [Double](repeating: 0, count: gains.count + 1)
        var columnPotential = [Double](repeating: 0, count: columns + 1)
        var rowOf = [Int](repeating: 0, count: columns + 1)
        for row in 1...gains.count {
            rowOf[0] = row
            var (column, came) = (0, [Int](repeating: 0, count: columns + 1))
            var least = [Double](repeating: .infinity, count: columns + 1)
            var isUsed = [Bool](repeating: false, count: columns + 1)
            repeat {
                isUsed[column] = true
                let (current, next) = (rowOf[column], 0)
                var (delta, nearest) = (Double.infinity, next)
                for other in 1...columns where !isUsed[other] {
                    let reduced = cost(current - 1, other - 1) - rowPotential[current] - columnPotential[other]
                    if reduced < least[other] { (least[other], came[other]) = (reduced, column) }
                    if least[other] < delta { (delta, nearest) = (least[other], other) }
                }
                for other in 0...columns {
                    if isUsed[other] {
                        rowPotential[rowOf[other]] += delta
                        columnPotential[other] -= delta
                    } else {
                        least[other] -= delta
                    }
                }
                column = nearest
            } while rowOf[column] != 0
            while column != 0 {
                rowOf[column] = rowOf[came[column]]
                column = came[column]
            }
        }
        var result = [Int?](repeating: nil, count: gains.count)
        for column in 1...width where rowOf[column] != 0 && gains[rowOf[column] - 1][column - 1] > 0 {
            result[rowOf[column] - 1] = column - 1
        }
        return result
    }
}
