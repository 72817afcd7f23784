// Which requests a client may make.

import KafkaWire

extension BrokerCore {
    func authorize(_ target: ReplyTarget, _ buffer: inout [UInt8], _ body: Range<Int>) throws(WireError) {
        try dispatch(target, &buffer, body)
    }
}
