package import Records

/// One value that a property had in the CRM, as its history tells.
package struct RemoteVersion: Hashable, Sendable {
    /// The value in remote terms; null or empty for a clear, absent where it cannot be made out.
    package let value: Value
    /// When it was written; nil if the history does not say.
    package let at: Instant?
    /// Who wrote it, in the CRM's own words (`CRM_UI userId:7`); empty if the history does not say.
    package let by: String
    /// Whether a program wrote it through the API, and no person; false if the history does not say.
    package let isByIntegration: Bool

    /// Creates a version.
    package init(value: Value, at: Instant?, by: String, isByIntegration: Bool = false) {
        self.value = value
        self.at = at
        self.by = by
        self.isByIntegration = isByIntegration
    }
}

extension RemoteVersion {
    /// Whether the property held a value in this version, however a blank is spelt; what cannot be made out holds none.
    fileprivate func holds(_ value: Value) -> Bool {
        self.value != .absent && (self.value == value || (self.value.isBlank && value.isBlank))
    }
}

/// A record as it is now, with what some of its properties were before (R2).
package struct RemoteHistory: Hashable, Sendable {
    /// The record as it was read along with the history.
    package let record: RemoteRecord
    /// The versions by property, the newest first, as far back as the CRM keeps them.
    package let versions: [String: [RemoteVersion]]

    /// Creates a history.
    package init(record: RemoteRecord, versions: [String: [RemoteVersion]]) {
        self.record = record
        self.versions = versions
    }

    /// The version that a write of ours replaced although nobody here had seen it; nil if there is none (R2).
    ///
    /// `landed` is what the CRM made of our value, `base` what the property held when the write was decided, `version` the
    /// record's after the write. `clearedFirst`: a blank just before ours is ours too, the first half of a step back.
    /// `form` brings what the history holds into the form of `landed` and `base`.
    /// Nothing is lost where the version just before ours is the base, or says what we said; nothing can be told where ours
    /// is not in the history, or is all that is left of it.
    package func overwritten(
        _ property: String,
        landed: Value,
        base: Value,
        until version: Int64?,
        clearedFirst: Bool = false,
        as form: (Value) -> Value = { $0 }
    ) -> RemoteVersion? {
        let all = self.versions[property] ?? []
        func holds(_ entry: RemoteVersion, _ value: Value) -> Bool {
            entry.value != .absent && RemoteVersion(value: form(entry.value), at: nil, by: "").holds(value)
        }
        // Somebody may have typed the same after us: what is later than our answer is not ours.
        let slack = Duration.seconds(1)
        let own = all.firstIndex { entry in
            guard holds(entry, landed) else { return false }
            guard let at = entry.at, let version else { return true }
            return at <= Instant(microseconds: version).advanced(by: slack)
        }
        guard let own else { return nil }
        var before = all.dropFirst(own + 1)
        if clearedFirst, let first = before.first, first.value.isBlank { before = before.dropFirst() }
        guard let last = before.first, !holds(last, landed) else { return nil }
        if Breakage.anyEarlierValueIsBase.isOn { return nil }
        return holds(last, base) ? nil : last
    }

    /// Whether a program wrote through the API what a property holds now: where that is a form of what we sent, it is ours.
    package func isByIntegration(_ property: String, now: Value) -> Bool {
        guard let newest = self.versions[property]?.first, newest.isByIntegration else { return false }
        return newest.holds(now) && !self.hasTie(property)
    }

    /// Whether two versions of a property came about at the very time of the newest: a time does not tell then who wrote what
    /// is there now.
    package func hasTie(_ property: String) -> Bool {
        let newest = (self.versions[property] ?? []).prefix(2).map(\.at)
        return newest.count == 2 && newest[0] != nil && newest[0] == newest[1]
    }

    /// Whether the history reaches up to what the record holds now, and to a value that a write is known to have left.
    ///
    /// Where it does not, it is damaged, or from an index that lags: it cannot tell yet what a write replaced.
    /// `form` brings what the history holds, and `now`, into the form of `answered`.
    package func isWhole(
        _ property: String,
        now: Value,
        answered: Value?,
        as form: (Value) -> Value = { $0 }
    ) -> Bool {
        let versions = (self.versions[property] ?? []).filter { $0.value != .absent }
            .map { RemoteVersion(value: form($0.value), at: nil, by: "") }
        return [form(now), answered ?? .absent].allSatisfy { value in
            value.isBlank || versions.contains { $0.holds(value) }
        }
    }
}
