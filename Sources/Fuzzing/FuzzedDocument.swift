// Documents: the parser beside a plain one, a tape that remembers other documents, and what is written again.

import JSON

enum FuzzedDocument {
    static func run(_ input: [UInt8]) {
        var tape = JSONTape()
        let isAccepted = accepts(&tape, input)
        precondition(isAccepted == PlainJSON.accepts(input), "the parser and the plain one disagree")
        // The keys of earlier documents are remembered and must not change a verdict.
        var used = JSONTape()
        for seed in seeds { _ = accepts(&used, seed) }
        for _ in 0..<2 {
            precondition(accepts(&used, input) == isAccepted, "a tape that was used before disagrees with a new one")
        }
        guard let value = try? JSONValue(parsing: input) else {
            precondition(!isAccepted, "a tree cannot be made of what was accepted")
            return
        }
        precondition(isAccepted, "a tree was made of what was refused")
        let written = value.write()
        guard let again = try? JSONValue(parsing: written), again == value, again.write() == written else {
            preconditionFailure("what was written reads otherwise")
        }
        guard let pretty = try? JSONValue(parsing: value.write(pretty: true)), pretty == value else {
            preconditionFailure("what was written with spaces reads otherwise")
        }
    }

    private static func accepts(_ tape: inout JSONTape, _ input: [UInt8]) -> Bool {
        do throws(JSONError) {
            try tape.parse(input)
            return tape.count > 0
        } catch {
            precondition(error.byteOffset >= 0 && error.byteOffset <= input.count, "an error outside of the document")
            precondition(error.position(in: input.span).line >= 1, "an error without a line")
            _ = error.excerpt(in: input.span)
            return false
        }
    }

    static let seeds: [[UInt8]] = [
        #"{"a":[1,-2.5e+3,true,null,"ễ\u1ec5\ud83d\ude00"],"b":{"c":"x"},"a2":"\"\\"}"#,
        #"{"visit_id":"42571d85","cccd":"009023737258","full_name":"Nguyễn Đức Thanh An","vitals":{"pulse":98,"temp_c":38.6}}"#,
        "[[[[1e400,-0,0.1,12345678901234567890]]],\"\u{10FFFF}\u{800}\\u0000\\/\", false ,{} , [ ] ]",
        #" { "k" : [ { "k" : 1 , "l" : 2 } , { "l" : 1 , "k" : 2 } ] } "#,
    ].map { Array($0.utf8) }
}
