// Requests and responses into bytes. Names and values are checked on the way out too: a line end smuggled into
// a value would let whoever supplied it write fields of their own.

enum HTTPWriter {
    /// A request; false, with nothing appended, where a part of it cannot be written safely.
    static func append(_ request: HTTPRequest, host: String, to output: inout [UInt8]) -> Bool {
        let start = output.count
        output.append(contentsOf: request.method.utf8)
        output.append(0x20)
        output.append(contentsOf: request.target.utf8)
        output.append(contentsOf: " HTTP/1.1\r\nhost: ".utf8)
        output.append(contentsOf: host.utf8)
        output.append(contentsOf: "\r\naccept-encoding: identity\r\n".utf8)
        var isSafe =
            HTTPSyntax.methods.contains { $0.utf8.elementsEqual(request.method.utf8) }
            && HTTPSyntax.isTarget(Array(request.target.utf8)[...]) && HTTPSyntax.isHost(Array(host.utf8))
        for field in request.fields.entries where !isFraming(field.name) {
            isSafe = isSafe && append(field, to: &output)
        }
        if !request.body.isEmpty || request.method != "GET" && request.method != "HEAD" {
            output.append(contentsOf: "content-length: \(request.body.count)\r\n".utf8)
        }
        output.append(contentsOf: [0x0d, 0x0a])
        output.append(contentsOf: request.body)
        if !isSafe { output.removeLast(output.count - start) }
        return isSafe
    }

    /// A response's head and, unless it comes from a source, its body.
    static func append(_ response: HTTPResponse, isAnswerToHead: Bool, keepsAlive: Bool, to output: inout [UInt8]) {
        let status = (200..<600).contains(response.status) ? response.status : 500
        output.append(contentsOf: "HTTP/1.1 \(status) \(reason(status))\r\n".utf8)
        for field in response.fields.entries where !isFraming(field.name) {
            // A field that cannot be written is left out rather than repaired.
            _ = append(field, to: &output)
        }
        if response.bodySource != nil {
            output.append(contentsOf: "transfer-encoding: chunked\r\n".utf8)
        } else if status != 204 && status != 304 {
            output.append(contentsOf: "content-length: \(response.body.count)\r\n".utf8)
        }
        if !keepsAlive { output.append(contentsOf: "connection: close\r\n".utf8) }
        output.append(contentsOf: [0x0d, 0x0a])
        if !isAnswerToHead && response.bodySource == nil && status != 204 && status != 304 {
            output.append(contentsOf: response.body)
        }
    }

    /// One chunk; an empty one ends the body.
    static func appendChunk(_ bytes: [UInt8], to output: inout [UInt8]) {
        output.append(contentsOf: String(bytes.count, radix: 16).utf8)
        output.append(contentsOf: [0x0d, 0x0a])
        output.append(contentsOf: bytes)
        output.append(contentsOf: [0x0d, 0x0a])
    }

    private static func isFraming(_ name: String) -> Bool {
        ["content-length", "transfer-encoding", "connection", "host", "accept-encoding"].contains {
            $0.utf8.elementsEqual(name.utf8)
        }
    }

    private static func append(_ field: HTTPField, to output: inout [UInt8]) -> Bool {
        guard !field.name.utf8.isEmpty, field.name.utf8.allSatisfy(HTTPSyntax.isToken),
            field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 })
        else { return false }
        output.append(contentsOf: field.name.utf8)
        output.append(contentsOf: [0x3a, 0x20])
        output.append(contentsOf: field.value.utf8)
        output.append(contentsOf: [0x0d, 0x0a])
        return true
    }

    static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 302: "Found"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 414: "URI Too Long"
        case 417: "Expectation Failed"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 505: "HTTP Version Not Supported"
        default: "Status"
        }
    }
}
