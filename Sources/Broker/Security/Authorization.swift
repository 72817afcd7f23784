// Which requests, and which parts of them, a client may make: Kafka's checks, between decoding and handling. What is
// refused is taken out of the request before its handler sees it and put into the response afterwards, so handlers
// know nothing of access rules. Fetch alone asks by itself (`mayRead`), because of its sessions.
//
// A request is decoded twice where rules are in force and the client is no super user; else nothing is done here,
// except for the requests that can ask what is allowed.

import KafkaWire

/// What authorization has made of a request.
enum Admission {
    /// It goes to its handler; the target may have been amended.
    case asIs(ReplyTarget)
    /// What is left of it goes to its handler.
    case reduced(ReplyTarget, body: [UInt8])
    /// It has been answered.
    case answered
}

extension BrokerCore {
    /// Lets a request through to its handler as far as its client may make it.
    func authorize(_ target: ReplyTarget, _ buffer: inout [UInt8], _ body: Range<Int>) throws(WireError) {
        switch try admit(target, buffer, body) {
        case .asIs(let target): try dispatch(target, &buffer, body)
        case .reduced(let target, var rest): try dispatch(target, &rest, 0..<rest.count)
        case .answered: break
        }
    }

    private func admit(_ target: ReplyTarget, _ buffer: [UInt8], _ body: Range<Int>) throws(WireError) -> Admission {
        let asking = Asking(core: self, target: target, buffer: buffer, body: body)
        switch target.key {
        case .metadata: return try asking.metadata()
        case .describeGroups: return try asking.describeGroups()
        case .consumerGroupDescribe: return try asking.describeConsumerGroups()
        case .describeTopicPartitions: return try asking.describeTopicPartitions()
        case .describeCluster: return try asking.describeCluster()
        default: break
        }
        guard rules.isActive, !rules.isSuper(target.principal) else { return .asIs(target) }
        if let admission = try asking.aboutRecords() { return admission }
        if let admission = try asking.aboutGroups() { return admission }
        if let admission = try asking.aboutTransactions() { return admission }
        if let admission = try asking.aboutTopics() { return admission }
        if let admission = try asking.aboutCluster() { return admission }
        if let admission = try asking.aboutAdministration() { return admission }
        switch target.key {
        case .fetch, .apiVersions, .saslHandshake, .saslAuthenticate: return .asIs(target)
        default:
            // A request that no check knows is refused the hard way: an oversight must not open a door.
            if asking.access.allowsCluster(.clusterAction) { return .asIs(target) }
            close(target.connection)
            return .answered
        }
    }
}

/// A request while it is being authorized.
struct Asking {
    let core: BrokerCore
    var target: ReplyTarget
    let buffer: [UInt8]
    let body: Range<Int>

    var access: Access { core.access(target) }

    /// A topic's name where a request may give its id instead; an id that nothing has is nobody's secret.
    func name(_ name: String, _ id: TopicID) -> String {
        id == .none ? name : core.catalog.topic(id)?.name ?? name
    }

    func read<Request: WireMessage>(_ type: Request.Type = Request.self) throws(WireError) -> Request {
        try .read(buffer, range: body, version: target.version)
    }

    func answer(_ response: some WireMessage) -> Admission {
        core.reply(target, response)
        return .answered
    }

    /// The handler is to see this request instead.
    func reduce(_ target: ReplyTarget, to request: some WireMessage) throws(WireError) -> Admission {
        .reduced(target, body: try encodeBody(request))
    }

    private func encodeBody<Request: WireMessage>(_ request: Request) throws(WireError) -> [UInt8] {
        var coder = FieldCoder(
            appendingTo: [], version: target.version, isFlexible: Request.apiKey.isFlexible(target.version))
        var message = request
        try message.fields(&coder)
        return coder.buffer
    }

    /// Takes the items that may not be touched out of a request. With none, the request goes on as it is; with
    /// nothing left, the refusals are the answer; else they are added to the handler's.
    func split<Request: WireMessage, Item, Response: WireMessage, Refusal>(
        _ request: Request, _ items: WritableKeyPath<Request, [Item]>, into answers: WritableKeyPath<Response, [Refusal]>,
        where isAllowed: (Item) -> Bool, refuse: (Item) -> Refusal
    ) throws(WireError) -> Admission {
        let refused = request[keyPath: items].filter { !isAllowed($0) }
        guard !refused.isEmpty else { return .asIs(target) }
        let refusals = refused.map(refuse)
        var rest = request
        rest[keyPath: items].removeAll { !isAllowed($0) }
        guard !rest[keyPath: items].isEmpty else {
            var response = Response()
            response[keyPath: answers] = refusals
            return answer(response)
        }
        let amended = target.amended(Response.self) { response in response[keyPath: answers] += refusals }
        return try reduce(amended, to: rest)
    }
}
