// Which handler takes which request. Handlers are in files numbered by API key, as the messages are.

import KafkaWire

extension BrokerCore {
    func dispatch(_ target: ReplyTarget, _ buffer: inout [UInt8], _ body: Range<Int>) throws(WireError) {
        let version = target.version
        switch target.key {
        case .produce: try produce(target, &buffer, body)
        case .fetch: fetch(target, try .read(buffer, range: body, version: version))
        case .listOffsets: listOffsets(target, try .read(buffer, range: body, version: version))
        case .metadata: metadata(target, try .read(buffer, range: body, version: version))
        case .saslHandshake: saslHandshake(target, try .read(buffer, range: body, version: version))
        case .apiVersions: apiVersions(target, try .read(buffer, range: body, version: version))
        default: throw .unsupported
        }
    }
}
