// Deliveries of the contracts that the models read, with only what a test varies.

/// The population base's answer about a person of an event.
func verification(
    of event: String, person: String, _ outcome: String, on: String? = nil, mismatches: [String] = [],
    checkedAt: String = "2024-01-05T08:00:00+07:00"
) -> Delivery {
    let list = mismatches.map { "\"\($0)\"" }.joined(separator: ",")
    return Delivery(
        "identity-verification", key: person, origin: hex(abs((event + person + outcome + checkedAt).hashOfBytes)),
        """
        {"recordId":"v-\(event)-\(person)-\(checkedAt)","occurredAt":"\(checkedAt)","sourceEventId":"\(event)",\
        "personRef":"\(person)","outcome":"\(outcome)","checkedAt":"\(checkedAt)"\
        \(list.isEmpty ? "" : ",\"mismatches\":[\(list)]")\(on.map { ",\"deceasedOn\":\"\($0)\"" } ?? "")}
        """)
}

func visit(
    _ id: String, facility: String = "52001", person: String?, method: String, at: String = "2024-01-10T09:00:00+07:00",
    origin: String, cardCheck: String? = nil
) -> Delivery {
    Delivery(
        "medical-visit", key: person ?? id, origin: origin,
        """
        {"recordId":"\(id)","visitId":"\(id)","occurredAt":"\(at)","facilityCode":"\(facility)",\
        "person":{\(person.map { "\"personRef\":\"\($0)\"" } ?? "")},"identificationMethod":"\(method)"\
        \(cardCheck.map { ",\"cardCheck\":{\"resultCode\":\"\($0)\"}" } ?? "")}
        """)
}

func referenceUnit(
    _ kind: String, _ id: String, hasReader: Bool, from: String = "2020-01-01", to: String? = nil,
    hasSignOn: Bool? = nil
) -> Delivery {
    Delivery(
        "reference-unit", key: "\(kind)/\(id)",
        origin: hex(abs("\(kind)\(id)\(from)\(hasReader)\(to ?? "")".hashOfBytes)),
        """
        {"recordId":"\(kind)/\(id)/\(from)","occurredAt":"\(from)","kind":"\(kind)","unitId":"\(id)",\
        "readerRegistered":\(hasReader),"validFrom":"\(from)"\(to.map { ",\"validTo\":\"\($0)\"" } ?? "")\
        \(hasSignOn.map { ",\"ssoIntegrated\":\($0)" } ?? "")}
        """)
}

func registered(_ code: String, person: String, origin: String) -> Delivery {
    Delivery(
        "driving-test-session", key: person, origin: origin,
        """
        {"recordId":"R/\(code)","occurredAt":"2024-10-01","kind":"registered","registrationCode":"\(code)",\
        "person":{"personRef":"\(person)"},"class":"B2","centreCode":"52C1"}
        """)
}

/// A part as (name, result, person that the chip reader saw or nil).
typealias TestPart = (name: String, result: String, seen: String?)

func tested(
    _ code: String, number: String, person: String?, drivingClass: String = "B2", on day: String = "2024-12-20",
    session: String = "K1", parts: [TestPart], result: String = "pass", origin: String
) -> Delivery {
    let list = parts.map { part in
        "{\"part\":\"\(part.name)\",\"result\":\"\(part.result)\","
            + (part.seen.map { "\"readerMethod\":\"chip\",\"readerPersonRef\":\"\($0)\"}" }
                ?? "\"readerMethod\":\"none\"}")
    }
    return Delivery(
        "driving-test-session", key: person ?? code, origin: origin,
        """
        {"recordId":"\(session)/\(number)","occurredAt":"\(day)","kind":"tested","registrationCode":"\(code)",\
        "person":{\(person.map { "\"personRef\":\"\($0)\"" } ?? "")},"class":"\(drivingClass)","centreCode":"52C1",\
        "sessionCode":"\(session)","testDate":"\(day)","candidateNumber":"\(number)",\
        "parts":[\(list.joined(separator: ","))],"result":"\(result)"}
        """)
}

/// All four parts passed in front of a reader that saw a person.
func allParts(seen: String?) -> [TestPart] {
    ["theory", "simulation", "course", "road"].map { ($0, "pass", seen) }
}

func enrolment(
    school: String, pupil: String, person: String?, year: String = "2024-2025", grade: Int = 6,
    born: String = "2013-05-01",
    status: String = "active", at: String = "2024-08-20", origin: String
) -> Delivery {
    Delivery(
        "school-enrolment", key: person ?? pupil, origin: origin,
        """
        {"recordId":"\(year)/\(school)/\(pupil)","occurredAt":"\(at)","schoolId":"\(school)","pupilId":"\(pupil)",\
        "schoolYear":"\(year)","person":{\(person.map { "\"personRef\":\"\($0)\"," } ?? "")"birthDate":"\(born)"},\
        "grade":\(grade),"status":"\(status)"}
        """)
}

/// An owner as (person or nil, share or nil).
typealias LandOwner = (person: String?, share: String?)

func certificate(
    _ serial: String, commune: String = "21583", communeName: String = "P. Lê Lợi", sheet: String = "12",
    parcel: String = "34", owners: [LandOwner], status: String = "live", at: String = "2024-06-03", origin: String
) -> Delivery {
    let list = owners.map { owner in
        "{" + (owner.person.map { "\"personRef\":\"\($0)\",\"idKind\":\"citizen\"" } ?? "\"idKind\":\"old\"")
            + (owner.share.map { ",\"share\":\($0)" } ?? "") + "}"
    }
    return Delivery(
        "land-certificate", key: serial, origin: origin,
        """
        {"recordId":"\(serial)","occurredAt":"\(at)","serialNumber":"\(serial)","parcel":{"unit":{"provinceCode":"52",\
        "communeCode":"\(commune)","communeName":"\(communeName)"},"mapSheet":"\(sheet)","parcelNumber":"\(parcel)"},\
        "owners":[\(list.joined(separator: ","))],"issuedAt":"\(at)","status":"\(status)"}
        """)
}

func birth(
    _ line: String, child: String?, born: String = "2024-03-02", mother: String = "1995-01-01", bookYear: Int = 2024,
    registered: String = "2024-03-10", origin: String
) -> Delivery {
    Delivery(
        "civil-status-event", key: child ?? line, origin: origin,
        """
        {"recordId":"\(line)","occurredAt":"\(born.count == 10 ? born : "2024-03-02")","eventType":"birth",\
        "book":{"number":"1","volume":"1","page":"1","year":\(bookYear)},"registeredAt":"\(registered)",\
        "registrationUnit":{"provinceCode":"52","communeCode":"21550"},\
        "child":{\(child.map { "\"personRef\":\"\($0)\"," } ?? "")"birthDate":"\(born)"},\
        "mother":{"birthDate":"\(mother)"}}
        """)
}

func death(
    _ line: String, person: String?, died: String, born: String? = "1950-01-01", bookYear: Int = 2024,
    registered: String = "2024-08-01", origin: String
) -> Delivery {
    Delivery(
        "civil-status-event", key: person ?? line, origin: origin,
        """
        {"recordId":"\(line)","occurredAt":"\(died.count == 10 ? died : registered)","eventType":"death",\
        "book":{"number":"1","volume":"1","page":"1","year":\(bookYear)},"registeredAt":"\(registered)",\
        "registrationUnit":{"provinceCode":"52","communeCode":"21550"},"diedAt":"\(died)",\
        "deceased":{\(person.map { "\"personRef\":\"\($0)\"," } ?? "")"birthDate":"\(born ?? "1950")"}}
        """)
}

func marriage(_ line: String, _ persons: [String], on day: String = "2024-05-05", origin: String) -> Delivery {
    Delivery(
        "civil-status-event", key: persons.first ?? line, origin: origin,
        """
        {"recordId":"\(line)","occurredAt":"\(day)","eventType":"marriage",\
        "book":{"number":"1","volume":"1","page":"1","year":2024},"registeredAt":"\(day)",\
        "registrationUnit":{"provinceCode":"52","communeCode":"21550"},"marriedAt":"\(day)",\
        "spouses":[\(persons.map { "{\"personRef\":\"\($0)\"}" }.joined(separator: ","))]}
        """)
}

func beneficiary(
    _ profile: String, person: String?, category: String = "disability-very-severe", factor: String = "2.5",
    born: String = "1954-02-01", from: String = "2022-01-01", to: String? = nil, origin: String
) -> Delivery {
    Delivery(
        "social-protection-beneficiary", key: person ?? profile, origin: origin,
        """
        {"recordId":"\(profile)","occurredAt":"\(from)","profileNumber":"\(profile)",\
        "person":{\(person.map { "\"personRef\":\"\($0)\"," } ?? "")"birthDate":"\(born)"},"category":"\(category)",\
        "factor":\(factor),"programme":"ND20","from":"\(from)"\(to.map { ",\"to\":\"\($0)\"" } ?? ""),\
        "unit":{"provinceCode":"52","communeCode":"21550"}}
        """)
}

func payment(
    _ id: String, profile: String, person: String?, month: String, amount: Int, method: String = "account",
    origin: String
) -> Delivery {
    Delivery(
        "social-protection-payment", key: person ?? id, origin: origin,
        """
        {"recordId":"\(id)","occurredAt":"\(month)-10","paymentId":"\(id)","profileNumber":"\(profile)",\
        "person":{\(person.map { "\"personRef\":\"\($0)\"" } ?? "")},"month":"\(month)","amount":\(amount),\
        "method":"\(method)","unit":{"provinceCode":"52","communeCode":"21550"}}
        """)
}

extension String {
    /// A number that is the same in every process, unlike `hashValue`.
    var hashOfBytes: Int {
        Int(
            truncatingIfNeeded: utf8.reduce(UInt64(14_695_981_039_346_656_037)) {
                ($0 ^ UInt64($1)) &* 1_099_511_628_211
            } >> 1)
    }
}
