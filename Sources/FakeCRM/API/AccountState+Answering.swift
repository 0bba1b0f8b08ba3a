extension AccountState {
    /// Answers a request of the API: token, limits, faults, route, handler.
    mutating func respond(to request: FakeRequest) -> FakeResponse {
        self.requestNumber += 1
        let fault = self.nextFault(for: request)
        if let fault, fault.happensBefore {
            let response = self.response(insteadOf: fault)
            self.stats.statuses[response.status, default: 0] += 1
            return self.delayed(response, by: fault)
        }
        var response = self.carryOut(request)
        self.stats.statuses[response.status, default: 0] += 1
        if let fault { response = self.apply(fault, to: response) }
        return self.delayed(response, by: fault)
    }

    private mutating func carryOut(_ request: FakeRequest) -> FakeResponse {
        var rateHeaders: [(name: String, value: String)] = []
        var answer: Answer
        do {
            let route = try Route.parse(request)
            self.stats.requests[route.kind, default: 0] += 1
            if route.isWrite { self.stats.writes[route.kind, default: 0] += 1 }
            let token = try self.letIn(request, route: route)
            let secret = Array(token.secret.utf8)
            let refusal = self.meter.count(token: secret, isSearch: route.isSearch, limits: self.limits, now: self.now)
            rateHeaders = self.meter.headers(token: secret, isSearch: route.isSearch, limits: self.limits)
            if let refusal { throw APIError.rateLimited(refusal) }
            let scopes = route.scopes
            guard scopes.isEmpty || !token.scopes.isDisjoint(with: scopes) else { throw APIError.missingScopes(scopes) }
            answer = try self.handle(try self.call(request, route: route, token: token))
        } catch let error as APIError {
            answer = Answer(status: error.status, body: error.body(correlationID: self.correlationID))
        } catch {
            let failure = APIError(status: 500, category: "INTERNAL_ERROR", message: "internal error")
            answer = Answer(status: 500, body: failure.body(correlationID: self.correlationID))
        }
        var headers: [(name: String, value: String)] = []
        if !answer.body.isEmpty { headers.append(("Content-Type", "application/json;charset=utf-8")) }
        headers.append(("X-HubSpot-Correlation-Id", self.correlationID))
        return FakeResponse(status: answer.status, headers: headers + rateHeaders, body: answer.body)
    }

    /// The token of a request; throws 401 when the account does not know it.
    private func letIn(_ request: FakeRequest, route: Route) throws -> AccessToken {
        var header = request.header("Authorization") ?? ""
        let token = header.withUTF8 { bytes -> AccessToken? in
            let parts = bytes.split(separator: UInt8(ascii: " "))
            guard parts.count == 2, String(decoding: parts[0], as: UTF8.self).lowercased() == "bearer" else {
                return nil
            }
            return self.options.tokens.first { $0.hasSecret(parts[1]) }
        }
        guard let token else { throw APIError.unauthorized }
        return token
    }

    private func call(_ request: FakeRequest, route: Route, token: AccessToken) throws -> Call {
        // Airbyte splits its property lists at 15,000 characters because longer addresses are refused.
        guard request.path.utf8.count + request.query.utf8.count <= 16_384 else {
            throw APIError(status: 414, category: "URI_TOO_LONG", message: "URI Too Long")
        }
        if request.method != "GET", !request.body.isEmpty {
            let type = request.header("Content-Type")?.lowercased() ?? ""
            guard type.hasPrefix("application/json") else {
                throw APIError(status: 415, category: "UNSUPPORTED_MEDIA_TYPE", message: "Unsupported Media Type")
            }
        }
        return Call(
            route: route,
            query: QueryItems(request.query),
            rawQuery: request.query,
            path: request.path,
            body: request.body,
            token: token,
            baseURL: request.header("Host").map { "http://\($0)" } ?? ""
        )
    }

    private mutating func handle(_ call: Call) throws -> Answer {
        switch call.route.action {
        case .list(let type): try self.list(type, call)
        case .create(let type): try self.create(type, call)
        case .read(let type, let id): try self.read(type, id, call)
        case .update(let type, let id): try self.update(type, id, call)
        case .archive(let type, let id): try self.archive(type, id)
        case .batch(let type, .read): try self.batchRead(type, call)
        case .batch(let type, .archive): try self.batchArchive(type, call)
        case .batch(let type, let operation): try self.batchWrite(type, operation, call)
        case .search(let type): try self.search(type, call)
        case .merge(let type): try self.merge(type, call)
        case .erase(let type): try self.erase(type, call)
        case .listProperties, .createProperty, .readProperty, .updateProperty, .archiveProperty, .listPropertyGroups,
            .createPropertyGroup:
            try self.handleSchema(call)
        case .listOwners: try self.listOwners(call)
        case .readOwner(let id): try self.readOwner(id, call)
        case .listPipelines(let type): self.listPipelines(type)
        case .readPipeline(let type, let id): try self.readPipeline(type, id)
        case .listStages(let type, let id): try self.listStages(type, id)
        case .listAssociations, .putAssociation, .putDefaultAssociation, .deleteAssociation, .associationBatch,
            .listAssociationLabels:
            try self.handleAssociations(call)
        case .accountDetails: self.accountDetails()
        case .createList, .readList, .findList, .listMembers, .changeMembers: try self.handleLists(call)
        }
    }
}
