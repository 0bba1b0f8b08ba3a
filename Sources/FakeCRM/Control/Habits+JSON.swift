extension Habits {
    /// The switches by name.
    private static var switches: [(name: String, path: WritableKeyPath<Habits, Bool>)] {
        [
            ("answersWithoutValues", \.answersWithoutValues), ("trimsText", \.trimsText),
            ("lowercasesEmail", \.lowercasesEmail), ("stripsPhonePunctuation", \.stripsPhonePunctuation),
            ("fillsOwner", \.fillsOwner), ("fillsWebsite", \.fillsWebsite), ("fillsCloseDate", \.fillsCloseDate),
            ("clearedReadsEmpty", \.clearedReadsEmpty), ("touchesUnchanged", \.touchesUnchanged),
            ("associationsTouchRecords", \.associationsTouchRecords), ("shufflesResults", \.shufflesResults),
            ("echoesTraceIDs", \.echoesTraceIDs), ("mergeMakesNewRecord", \.mergeMakesNewRecord),
            ("mergedIDsLeadOn", \.mergedIDsLeadOn), ("numericAssociationIDs", \.numericAssociationIDs),
        ]
    }

    /// Changes the habits that an object names; throws 400 for a name or value that is none.
    mutating func apply(_ node: JSONNode) throws {
        for member in node.members ?? [] {
            let name = readable(member.name)
            if let path = Self.switches.first(where: { $0.name == name })?.path, let value = member.value.boolean {
                self[keyPath: path] = value
            } else if name == "keptDecimals" {
                self.keptDecimals = member.value.integer.map { Int(clamping: $0) }
            } else if name == "keptCharacters" {
                self.keptCharacters = member.value.integer.map { Int(clamping: $0) }
            } else if name == "largestPage" {
                self.largestPage = member.value.integer.map { max(1, Int(clamping: $0)) }
            } else if name == "indexLag", let lag = member.value.integer {
                self.indexLag = lag
            } else if name == "backwardStage",
                let stage = member.value.scalarText.flatMap({ BackwardStage(rawValue: readable($0)) })
            {
                self.backwardStage = stage
            } else {
                throw APIError.validation("\(name) is not a habit, or its value does not fit")
            }
        }
    }

    func write(to json: inout JSONWriter) {
        json.beginObject()
        for item in Self.switches {
            json.key(Array(item.name.utf8))
            json.bool(self[keyPath: item.path])
        }
        json.key("keptDecimals")
        if let kept = self.keptDecimals { json.number(kept) } else { json.null() }
        json.key("keptCharacters")
        if let kept = self.keptCharacters { json.number(kept) } else { json.null() }
        json.key("largestPage")
        if let largest = self.largestPage { json.number(largest) } else { json.null() }
        json.key("indexLag")
        json.number(self.indexLag)
        json.key("backwardStage")
        json.string(self.backwardStage.rawValue)
        json.endObject()
    }
}
