import Records

extension Paginator {
    /// The place in a record that pages continue from.
    var key: AnswerPath? {
        if case .keyset(let key, _, _) = self { key } else { nil }
    }

    /// The places outside the records that say how the list goes on.
    var outer: [AnswerPath] {
        switch self {
        case .cursor(let path): [path]
        case .keyset(_, _, let more): more.map { [$0] } ?? []
        case .offset, .page, .none: []
        }
    }

    /// What a request needs to ask for the page that begins at a token; nil is the first page.
    func values(at token: JSON?, pageSize: Int) -> [String: JSON] {
        switch self {
        case .cursor: token.map { ["page_token": $0] } ?? [:]
        case .keyset(_, let start, _): ["last_key": token ?? start]
        case .offset: ["page_token": token ?? .number("0")]
        case .page(let start): ["page_token": token ?? .number(String(start))]
        case .none: [:]
        }
    }

    /// The token of the next page; nil if this was the last one.
    ///
    /// A list that does not move on is a failure, not a loop.
    func next(after page: ReadPage, at token: JSON?, _ list: ListRule) throws(CallFailure) -> JSON? {
        let isFull = page.count >= list.pageSize
        switch self {
        case .none: return nil
        case .offset: return isFull ? .number(String((token?.int ?? 0) + page.count)) : nil
        case .page(let start): return isFull ? .number(String((token?.int ?? start) + 1)) : nil
        case .cursor:
            guard let next = page.outer.first ?? nil, !next.isNull else { return nil }
            return try Self.moving(next, from: token, list)
        case .keyset(_, _, let more):
            let hasMore = more == nil ? isFull : (page.outer.first ?? nil).map { !$0.isNull } ?? false
            guard hasMore else { return nil }
            return try Self.moving(page.lastKey, from: token, list)
        }
    }

    private static func moving(_ next: JSON?, from token: JSON?, _ list: ListRule) throws(CallFailure) -> JSON {
        guard let next, next != token else {
            throw CallFailure(
                action: .unknown,
                message: "the pages of \"\(list.request.label)\" do not go on",
                origin: .manifest
            )
        }
        return next
    }
}
