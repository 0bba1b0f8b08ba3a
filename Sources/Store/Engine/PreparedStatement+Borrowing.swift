import GRDBSQLite

/// Binding without copies: the bytes must stay where they are until the statement has run.
extension PreparedStatement {
    func constant(_ value: some SQLArgument, at index: Int32) throws {
        try self.check(value.bind(to: self.handle, at: index))
    }

    func borrowText(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int32) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
            sqlite3_bind_text(self.handle, index, "", 0, nil)
            return
        }
        base.withMemoryRebound(to: CChar.self, capacity: bytes.count) {
            _ = sqlite3_bind_text(self.handle, index, $0, Int32(bytes.count), nil)
        }
    }

    func borrowBytes(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int32) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else {
            sqlite3_bind_zeroblob(self.handle, index, 0)
            return
        }
        sqlite3_bind_blob(self.handle, index, base, Int32(bytes.count), nil)
    }

    /// Makes it ready again, and forgets what was bound, so that no borrowed bytes stay behind.
    func finish() {
        self.reset()
        sqlite3_clear_bindings(self.handle)
    }
}
