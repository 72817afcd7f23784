// How long Share takes for a record of about 1 KB: parse, walk, decide, release, digest and audit entry, without
// the bus. Beside it, in the same run, copying the record and hashing it: the floor of any such stage.

import Consent
import Crypto
import JSON
import Records
import Routing

/// Runs the share scenarios and prints one line each; `--records N` (default 200,000) sets the length,
/// `--only TITLE` runs the scenarios whose title begins so.
func runShareEngineBench(arguments: [String]) {
    var recordCount = 200_000
    if let place = arguments.firstIndex(of: "--records"), place + 1 < arguments.count {
        recordCount = max(Int(arguments[place + 1]) ?? recordCount, 1_000)
    }
    let batch = ShareBench.batch(count: 1_000)
    let bytes = batch.slots.reduce(0) { $0 + $1.value.range.count }
    print("records of \(bytes / batch.count) bytes, batches of \(batch.count), \(recordCount) records a scenario")
    let floor = ShareBench.floor(batch, recordCount)
    ShareBench.show("copy and SHA-256 (floor)", floor, floor)
    var tape = JSONTape()
    ShareBench.show(
        "parse",
        ShareBench.measure(recordCount / batch.count) {
            for slot in batch.slots {
                do { try tape.parse(batch.arena.span.extracting(slot.value.range)) } catch { print("not JSON") }
            }
        } / Double(batch.count), floor)
    let wanted = arguments.firstIndex(of: "--only").flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
    for scenario in ShareBench.scenarios where wanted.map({ scenario.title.hasPrefix($0) }) ?? true {
        ShareBench.run(scenario, batch, recordCount, floor)
    }
}

/// The share scenarios.
private enum ShareBench {
    struct Scenario {
        var title: String
        /// `(reference, basis, released fields)` for each recipient.
        var routes: [(reference: String, basis: String, release: [String])]
    }

    static let law =
        #"{"kind":"law","instrument":"Luật 91/2025/QH15","article":"Điều 19","from":"2026-01-01","covers":"sensitive"}"#
    static let consent =
        #"{"kind":"consent","purpose":"care","subjects":["/personRef"],"dataCategory":"visit","covers":"sensitive"}"#
    static let most = [
        "/visit_id", "/facility_code", "/personRef", "/full_name", "/birth_date", "/gender", "/address", "/visit_date",
        "/discharge", "/visit_type", "/department", "/diagnoses", "/insurance", "/payment", "/total_cost", "/currency",
        "/created_at",
    ]
    static let few = ["/visit_id", "/facility_code", "/personRef", "/address/province_code", "/diagnoses/*/code"]
    static let scenarios = [
        Scenario(title: "one route by law, most fields", routes: [("hub", law, most)]),
        Scenario(title: "one route by law, few fields", routes: [("hub", law, few)]),
        Scenario(title: "one route by consent, most fields", routes: [("hub", consent, most)]),
        Scenario(title: "one route, own reference", routes: [("recipient", law, most)]),
        Scenario(
            title: "five routes, one denied",
            routes: [
                ("hub", law, most), ("hub", law, few), ("hub", consent, most), ("recipient", law, few),
                ("hub", consent.replacing("care", with: "study"), most),
            ]),
    ]

    static let fields = ContractFields(
        name: "visit", major: 1,
        pointers: Dictionary(
            uniqueKeysWithValues: [
                "/visit_id", "/schema_version", "/facility_code", "/personRef", "/cccd", "/full_name", "/birth_date",
                "/gender", "/phone", "/email", "/ethnicity", "/address/line", "/address/ward", "/address/province",
                "/address/province_code", "/visit_date", "/discharge", "/visit_type", "/department", "/doctor",
                "/reason",
                "/diagnoses/*/code", "/diagnoses/*/name", "/diagnoses/*/primary", "/vitals", "/insurance", "/payment",
                "/total_cost", "/currency", "/emergency", "/notes", "/created_at",
            ].map { ($0, DataClass.personal) }), subjectPointers: ["/personRef"])

    static func run(_ scenario: Scenario, _ batch: RecordBatch, _ recordCount: Int, _ floor: Double) {
        var tree = FileTree()
        tree.files["Routes/purposes.json"] = Array(
            (#"{"purposes":[{"id":"care","title":"t","titleEnglish":"t"},"#
                + #"{"id":"study","title":"t","titleEnglish":"t"}]}"#).utf8)
        for (number, route) in scenario.routes.enumerated() {
            let release = route.release.map { "\"\($0)\"" }.joined(separator: ",")
            tree.files["Routes/r\(number).route.json"] = Array(
                """
                {"recipient":"r\(number)","title":"t","titleEnglish":"t","kind":"agency",
                 "reference":"\(route.reference)",
                 "routes":[{"contract":"visit","purpose":"care","basis":[\(route.basis)],"release":[\(release)]}]}
                """.utf8)
        }
        let routes: RouteSet
        do {
            routes = try RouteSet.load(tree: tree, contracts: [fields])
        } catch {
            print(error)
            return
        }
        let consents = consents(recipientCount: scenario.routes.count)
        var engine = ShareEngine(routes: routes, referenceSecret: Array("bench".utf8))
        var out = RecordBatch()
        let time: Int64 = 1_782_864_000_000
        let nanoseconds =
            measure(recordCount / batch.count) {
                out.removeAll()
                engine.process(batch, consents: consents, at: time, into: &out)
            } / Double(batch.count)
        let released = engine.counters.reduce(0) { $0 + $1.released }
        let denied = engine.counters.reduce(0) { $0 + $1.denied }
        show(scenario.title, nanoseconds, floor)
        print("    released \(released), denied \(denied), \(out.arena.count / batch.count) bytes written a record")
    }

    static func consents(recipientCount: Int) -> ConsentView {
        var view = ConsentView()
        for person in 0..<1_000 {
            for recipient in 0..<recipientCount {
                let record = ConsentRecord(
                    person: self.person(person), recipient: "r\(recipient)", purpose: "care", dataCategory: "visit",
                    state: .granted, validFrom: 0, changedAt: 0, evidence: "VNEID-2026-\(100_000 + person)")
                let key = record.key
                let value = record.value
                view.apply(key: key.span, value: value.span)
            }
        }
        return view
    }

    static func person(_ number: Int) -> PersonReference {
        PersonReference(high: UInt64(number) &* 0x9E37_79B9_7F4A_7C15, low: UInt64(number) &* 0xBF58_476D_1CE4_E5B9)
    }

    /// Visits with the members and sizes of the shared 1 KB workload, and a reference.
    static func batch(count: Int) -> RecordBatch {
        var batch = RecordBatch()
        for number in 0..<count {
            let person = person(number).text
            let diagnosis =
                #"{"code":"J06.9","name":"Nhiễm trùng đường hô hấp trên cấp, không đặc hiệu","primary":true}"#
            let value = """
                {"visit_id":"4f3a9c10-77aa-4b21-a9f0-\(100_000_000_000 + number)","schema_version":1,\
                "facility_code":"52001",\
                "personRef":"\(person)","cccd":"052190\(100_000 + number)","full_name":"Nguyễn Thị Minh Khánh",\
                "birth_date":"1985-03-12","gender":"nu","phone":"0912345678","email":"benhnhan\(number)@example.vn",\
                "ethnicity":"Kinh","address":{"line":"Số 12, đường Trần Hưng Đạo","ward":"phường Hàng Bạc",\
                "province":"Hà Nội",\
                "province_code":"01"},"visit_date":"2026-03-04","discharge":"2026-03-04T15:30:00+07:00",\
                "visit_type":"ngoai_tru","department":"noi","doctor":"BS. Lê Văn Nam",\
                "reason":"Sốt cao 3 ngày, ho khan, đau đầu",\
                "diagnoses":[\(diagnosis),{"code":"I10","name":"Tăng huyết áp vô căn (nguyên phát)","primary":false}],\
                "vitals":{"pulse":82,"temp_c":38.4,"systolic":128,"diastolic":79,"weight_kg":58.3},\
                "insurance":"DN4520123456789","payment":{"kind":"bhyt","rate":80},"total_cost":1250000,\
                "currency":"VND",\
                "emergency":false,"notes":"Bệnh nhân ổn định, hẹn tái khám sau 14 ngày",\
                "created_at":"2026-03-04T08:12:45Z"}
                """
            let headers = batch.headerMark
            batch.addHeader(HeaderName.specVersion, "1.0")
            batch.addHeader(HeaderName.id, "00000000000000000000\(100_000_000_000 + number)")
            batch.addHeader(HeaderName.source, "urn:lgsp:health:medical-visit")
            batch.addHeader(HeaderName.type, "vn.lgsp.visit.v1")
            batch.addHeader(HeaderName.time, "2026-03-04T08:12:45Z")
            batch.addHeader(HeaderName.subject, person)
            batch.addHeader(HeaderName.dataSchema, "urn:lgsp:contract:visit:v1")
            batch.addHeader(HeaderName.contentType, "application/json")
            let key = batch.store(person)
            let stored = batch.store(value)
            batch.addRecord(
                topic: batch.topicIndex("contract.visit.v1"), partition: 0, offset: Int64(number), key: key,
                value: stored, headersFrom: headers)
        }
        return batch
    }

    static func floor(_ batch: RecordBatch, _ recordCount: Int) -> Double {
        var copy: [UInt8] = []
        var check: UInt64 = 0
        let result =
            measure(recordCount / batch.count) {
                copy.removeAll(keepingCapacity: true)
                for slot in batch.slots {
                    copy.append(contentsOf: batch.arena[slot.value.range])
                    check ^= SHA256.hash(batch.arena.span.extracting(slot.value.range)).word0
                }
            } / Double(batch.count)
        if check == 1 { print("") }
        return result
    }

    /// Nanoseconds of the fastest tenth of the turns, on average: what else runs on the machine is left out.
    static func measure(_ turns: Int, _ body: () -> Void) -> Double {
        body()
        var times: [Double] = []
        for _ in 0..<max(turns, 10) {
            let parts = ContinuousClock().measure(body).components
            times.append(Double(parts.seconds) * 1e9 + Double(parts.attoseconds) / 1e9)
        }
        let fastest = times.sorted().prefix(max(times.count / 10, 1))
        return fastest.reduce(0, +) / Double(fastest.count)
    }

    static func show(_ title: String, _ nanoseconds: Double, _ floor: Double) {
        let microseconds = (nanoseconds / 10).rounded() / 100
        let ratio = (nanoseconds / floor * 10).rounded() / 10
        print("\(title): \(microseconds) µs a record, \(ratio) × the floor")
    }
}

extension String {
    fileprivate func replacing(_ old: String, with new: String) -> String {
        split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
}
