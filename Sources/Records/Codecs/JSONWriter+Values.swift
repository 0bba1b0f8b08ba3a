extension JSONWriter {
    /// Appends a value in the self-describing form of shadows and journals; nil is "no shadow".
    ///
    /// text `"…"`, number `12.5`, flag `true`, null `null`, set `["a"]`, date `{"d":"2026-11-22"}`,
    /// instant `{"t":microseconds}`, absent `{}`, no shadow `{"n":0}`. One value has exactly one form.
    package mutating func selfDescribing(_ value: Value?) throws(CodecError) {
        switch value {
        case .none: raw("{\"n\":0}")
        case .absent: raw("{}")
        case .date(let date):
            raw("{\"d\":")
            try day(date)
            byte(UInt8(ascii: "}"))
        case .instant(let instant):
            raw("{\"t\":")
            number(Int(instant.microseconds))
            byte(UInt8(ascii: "}"))
        case .some(let value): try plain(value)
        }
    }

    /// Appends a value in the form of a record's properties, whose types the schema knows; absent is written as null.
    package mutating func plain(_ value: Value) throws(CodecError) {
        switch value {
        case .absent, .null: raw("null")
        case .text(let text): try checked(text)
        case .number(let number): decimal(number)
        case .flag(let flag): raw(flag ? "true" : "false")
        case .date(let date): try day(date)
        case .instant(let instant): number(Int(instant.microseconds))
        case .set(let elements):
            byte(UInt8(ascii: "["))
            for (place, element) in elements.enumerated() {
                if place > 0 { byte(UInt8(ascii: ",")) }
                try checked(element)
            }
            byte(UInt8(ascii: "]"))
        }
    }

    private mutating func checked(_ text: Text) throws(CodecError) {
        var copy = text.string
        let isClean = copy.withUTF8 { bytes in
            guard !bytes.contains(0) else { return false }
            quoted(bytes)
            return true
        }
        guard isClean else { throw CodecError(.nul) }
    }

    private mutating func decimal(_ value: Number) {
        guard value.scale > 0 else { return number(Int(value.significand)) }
        var text = value.description
        text.withUTF8 { raw($0) }
    }

    /// Appends `"YYYY-MM-DD"`.
    private mutating func day(_ date: CalendarDate) throws(CodecError) {
        let (year, month, day) = date.parts
        guard (1...9999).contains(year) else { throw CodecError(.dateOutOfRange) }
        byte(UInt8(ascii: "\""))
        digits(year / 100)
        digits(year % 100)
        byte(UInt8(ascii: "-"))
        digits(month)
        byte(UInt8(ascii: "-"))
        digits(day)
        byte(UInt8(ascii: "\""))
    }

    private mutating func digits(_ pair: Int) {
        byte(0x30 + UInt8(pair / 10))
        byte(0x30 + UInt8(pair % 10))
    }
}
