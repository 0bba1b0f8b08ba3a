import CEL
package import Records

extension CompiledMapping {
    /// Whether a remote record is taken in.
    ///
    /// `remote` has the values of `remoteProperties`, in that order. A condition that cannot be decided, because a value
    /// it needs is blank or of another kind, takes the record no more than SQL's UNKNOWN would; so does one that runs out
    /// of its budget.
    package func takesIn(remote: [Value]) -> Bool {
        guard let filter = self.pullFilter else { return true }
        return ((try? filter.matches(RemoteActivation(remote))) ?? nil) ?? false
    }

    /// Whether a mapping that comes before this one takes the remote record, so that it is not this one's (R17).
    ///
    /// `remote` is as for `takesIn`. What cannot be decided is not taken there.
    package func leavesToEarlier(remote: [Value]) -> Bool {
        self.earlierFilters.contains { ((try? $0.matches(RemoteActivation(remote))) ?? nil) ?? false }
    }

    /// Whether a local record is sent out.
    ///
    /// `local` has the values of all properties of `localSchema`, in that order. See `takesIn` for what cannot be decided.
    package func sendsOut(local: [Value]) -> Bool {
        guard let filter = self.pushFilter else { return true }
        return ((try? filter.matches(LocalActivation(local, types: self.propertyTypes))) ?? nil) ?? false
    }

    /// The local value of a field that is computed from the remote record; `remote` as in `takesIn`.
    package func computedLocal(_ field: Int, remote: [Value]) -> LensResult {
        self.fields[field].computed(RemoteActivation(remote), of: self.fields[field].type)
    }

    /// The remote value of a field that is computed from the local record; `local` as in `sendsOut`.
    package func computedRemote(_ field: Int, local: [Value]) -> LensResult {
        self.fields[field].computed(LocalActivation(local, types: self.propertyTypes), of: nil)
    }

    /// What a new remote record gets in a field whose local value is blank, as the field's `default` says.
    ///
    /// nil if the mapping says nothing, or nothing that is not blank.
    package func newValue(_ field: Int, local: [Value]) -> Value? {
        guard let program = self.fields[field].newValue else { return nil }
        let activation = LocalActivation(local, types: self.propertyTypes)
        guard let result = try? program.evaluate(activation), let value = Value(result), !value.isBlank else {
            return nil
        }
        return value
    }
}

extension MappingField {
    /// Runs the field's expression; its errors are `unmapped`, as they come from what the record holds.
    fileprivate func computed(_ activation: any CELActivation, of type: PropertyType?) -> LensResult {
        guard let expression = self.expression else { return .unmapped("the field has no expression") }
        if let membership = self.rules.membership {
            // Who cannot be told is not in, as in the segment itself.
            return .value(((try? expression.matches(activation)) ?? nil) == true ? membership.yes : membership.no)
        }
        do throws(CELError) {
            let result = try expression.evaluate(activation)
            if let type {
                return Value(result, as: type).map { .value($0) } ?? .unmapped("a result that is not \(type.name)")
            }
            return Value(result).map { .value($0) } ?? .unmapped("a result that no property can hold")
        } catch {
            return .unmapped("the expression fails: \(error.message)")
        }
    }
}
