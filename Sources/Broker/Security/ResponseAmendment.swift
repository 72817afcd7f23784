// What is still to be done to a response when its handler has finished: authorization takes parts out of a request
// before the handler sees it, and answers for them afterwards. So handlers know nothing of access rules.

import KafkaWire

/// A change to a response of one type.
struct ResponseAmendment {
    private let change: (any WireMessage) -> any WireMessage

    init<Response: WireMessage>(_ type: Response.Type, _ change: @escaping (inout Response) -> Void) {
        self.change = { message in
            guard var response = message as? Response else { return message }
            change(&response)
            return response
        }
    }

    func apply<Response: WireMessage>(to response: inout Response) {
        response = change(response) as? Response ?? response
    }
}

extension ReplyTarget {
    /// The same target with one more change to its response.
    func amended<Response: WireMessage>(
        _ type: Response.Type = Response.self, _ change: @escaping (inout Response) -> Void
    ) -> ReplyTarget {
        var target = self
        let before = amendment
        target.amendment = ResponseAmendment(type) { response in
            before?.apply(to: &response)
            change(&response)
        }
        return target
    }
}
