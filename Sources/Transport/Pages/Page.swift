import CSimdjson

/// The records of one answer, as slices; valid inside `PageParser.withPage` only.
package struct Page {
    private let rows: UnsafePointer<csj_slice>?
    private let outerRow: UnsafePointer<csj_slice>?
    private let width: Int
    private let extrasStart: Int
    private let positions: [Int]?

    /// The number of records that were read.
    package let count: Int
    /// The records that were refused, in their order.
    package let bad: [BadRecord]

    init(
        rows: UnsafePointer<csj_slice>?,
        count: Int,
        outer: UnsafePointer<csj_slice>?,
        layout: PageLayout,
        positions: [Int]? = nil,
        bad: [BadRecord] = []
    ) {
        self.rows = rows
        self.count = count
        outerRow = outer
        width = layout.width
        extrasStart = PageLayout.Row.properties + layout.properties.count
        self.positions = positions
        self.bad = bad
    }

    /// The id of a record.
    package func id(_ record: Int) -> JSONSlice { slice(record, PageLayout.Row.id) }

    /// The version of a record; absent when the layout names none.
    package func version(_ record: Int) -> JSONSlice { slice(record, PageLayout.Row.version) }

    /// A property of a record, by its place in the layout.
    package func property(_ record: Int, _ slot: Int) -> JSONSlice {
        slice(record, PageLayout.Row.properties + slot)
    }

    /// Another value of a record, by its place in the layout.
    package func extra(_ record: Int, _ slot: Int) -> JSONSlice { slice(record, extrasStart + slot) }

    /// A value from outside the records, by its place in the layout.
    package func outer(_ slot: Int) -> JSONSlice {
        guard let outerRow else { return JSONSlice(.absent) }
        return JSONSlice(outerRow[slot])
    }

    /// The place of a record in the answer, the refused ones counted; answers to a batch are matched by it.
    package func position(_ record: Int) -> Int { positions?[record] ?? record }

    private func slice(_ record: Int, _ slot: Int) -> JSONSlice {
        precondition(record >= 0 && record < count && slot < width, "no such value in this page")
        guard let rows else { return JSONSlice(.absent) }
        return JSONSlice(rows[record * width + slot])
    }
}

extension JSONSlice {
    fileprivate init(_ slice: csj_slice) {
        self.init(Kind(rawValue: slice.kind) ?? .absent, UnsafeBufferPointer(start: slice.p, count: Int(slice.n)))
    }
}
