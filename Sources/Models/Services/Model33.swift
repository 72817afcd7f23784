// Model 33: land users and house owners. Judges each live certificate by its owners, their shares and its parcel.

/// Quản lý thông tin người sử dụng đất, chủ sở hữu nhà ở.
public enum Model33: Model {
    enum Certificate: Int, InputField {
        case serial, commune, communeName, mapSheet, parcel, owners, status

        var read: FieldSpec {
            switch self {
            case .serial: FieldSpec("/serialNumber", .text)
            case .commune: FieldSpec("/parcel/unit/communeCode", .text)
            case .communeName: FieldSpec("/parcel/unit/communeName", .text)
            case .mapSheet: FieldSpec("/parcel/mapSheet", .text)
            case .parcel: FieldSpec("/parcel/parcelNumber", .text)
            case .owners: FieldSpec("/owners", Owner.columns)
            case .status: FieldSpec("/status", .text)
            }
        }
    }

    enum Owner: Int, InputField {
        case personRef, idKind, share

        var read: FieldSpec {
            switch self {
            case .personRef: FieldSpec("/personRef", .text)
            case .idKind: FieldSpec("/idKind", .text)
            case .share: FieldSpec("/share", .millionths)
            }
        }
    }

    enum Indicator: Int {
        case verified, cleaned, digitised, onVNeID, openErrors
    }

    static let needId = "NEED_ID"
    static let inheritance = "INHERITANCE"
    static let shareError = "SHARE_ERROR"
    static let cancelled = "CANCELLED"
    static let parcel = LinkTag("l")
    /// Shares are written as rounded decimals: three times 0.333 is a whole.
    static let shareToleranceMillionths: Int64 = 1_000

    public static let spec = ModelSpec(
        number: 33,
        inputs: [InputSpec("land-certificate", Certificate.self), Verification.input],
        indicators: [
            IndicatorSpec(
                "verified-certificates", Title("Giấy chứng nhận đã xác thực", "Verified certificates"), .share,
                .sinceStart, .primary, target: 100),
            IndicatorSpec(
                "cleaned-certificates", Title("Giấy chứng nhận đã làm sạch", "Cleaned certificates"), .share,
                .sinceStart, .secondary),
            IndicatorSpec(
                "digitised-certificates", Title("Giấy chứng nhận đã số hóa", "Digitised certificates"), .count,
                .sinceStart, .secondary),
            IndicatorSpec(
                "certificates-on-vneid", Title("Giấy chứng nhận trên VNeID", "Certificates on VNeID"), .share,
                .sinceStart, .secondary),
            IndicatorSpec(
                "land-errors", Title("Giấy chứng nhận có lỗi", "Certificates with errors"), .count, .sinceStart,
                .openErrors),
        ],
        output: "land-data-error",
        method: """
            VERIFIED when the population base matches every owner. NEED_ID: an owner without a 12-digit number. \
            INHERITANCE: an owner has died. SHARE_ERROR: the shares do not add up to one (to a thousandth), or only \
            some owners have one. DUPLICATE: two live certificates of one parcel, compared by commune (code and \
            name as at issue), map sheet and parcel number. Cancelled certificates are not judged. Cleaned: live \
            and none of these. Receipts of VNeID do not come here yet, so that indicator has no data.
            """)

    public static func link(_ fact: Fact, _ links: inout Links) {
        if fact.kind == 1 { return Verification.link(fact, &links) }
        guard isLive(fact) else { return }
        let owners = fact.rows(Certificate.owners)
        for row in 0..<owners.count {
            if let person = owners.text(row, Owner.personRef) {
                links.watch(.verification, fact.sourceEvent, person)
            }
        }
        guard let commune = fact.text(Certificate.commune), let sheet = fact.text(Certificate.mapSheet),
            let number = fact.text(Certificate.parcel)
        else { return }
        // A commune code alone is no key: 21583 has named three communes.
        links.join(parcel, commune, fact.text(Certificate.communeName) ?? [], sheet, number)
    }

    /// The first owner with a number.
    public static func person(_ fact: Fact) -> ArraySlice<UInt8>? {
        let owners = fact.rows(Certificate.owners)
        return (0..<owners.count).lazy.compactMap { owners.text($0, Owner.personRef) }.first
    }

    public static func describe(_ fact: Fact, _ details: inout DetailWriter) {
        details.text("serialNumber", fact.text(Certificate.serial))
        details.text("communeCode", fact.text(Certificate.commune))
        details.text("mapSheet", fact.text(Certificate.mapSheet))
        details.text("parcelNumber", fact.text(Certificate.parcel))
    }

    public static func judge(_ subject: Case, _ judgement: inout Judgement) {
        let fact = subject.fact
        guard fact.kind == 0, let month = fact.occurredDay?.month else { return }
        guard isLive(fact) else { return judgement.say(cancelled) }
        let isVerified = judgeOwners(subject, &judgement)
        judgeShares(fact, &judgement)
        if let other = subject.others(parcel).compactMap({ $0.text(Certificate.serial) })
            .min(by: { $0.lexicographicallyPrecedes($1) })
        {
            judgement.find(DecisionWord.duplicate)
            judgement.details.text("otherSerialNumber", other)
        }
        let isClean = judgement.findings.isEmpty
        if isClean { judgement.say(isVerified ? DecisionWord.verified : DecisionWord.pending) }
        let commune = fact.text(Certificate.commune)
        judgement.count(Indicator.verified, unit: commune, month: month, numerator: isVerified && isClean)
        judgement.count(Indicator.cleaned, unit: commune, month: month, numerator: isClean)
        judgement.count(Indicator.digitised, unit: commune, month: month, numerator: true)
        judgement.count(Indicator.openErrors, unit: commune, month: month, numerator: !isClean)
    }

    /// Whether every owner is matched.
    private static func judgeOwners(_ subject: Case, _ judgement: inout Judgement) -> Bool {
        let owners = subject.fact.rows(Certificate.owners)
        var matchedCount = 0
        var firstConcerned: Int?
        var mismatches: [String] = []
        for row in 0..<owners.count {
            let answer = Verification.outcome(of: owners.text(row, Owner.personRef), for: subject)
            switch answer.word {
            case DecisionWord.verified: matchedCount += 1
            case DecisionWord.pending: break
            default:
                judgement.find(
                    answer.word == DecisionWord.noId
                        ? needId : answer.word == DecisionWord.deceased ? inheritance : answer.word)
                if firstConcerned == nil { firstConcerned = row + 1 }
                mismatches.append(contentsOf: answer.mismatches)
            }
        }
        judgement.details.integer("ownerNumber", firstConcerned.map(Int64.init))
        judgement.details.texts("mismatches", Array(Set(mismatches).sorted().prefix(16)))
        return owners.count > 0 && matchedCount == owners.count
    }

    private static func judgeShares(_ fact: Fact, _ judgement: inout Judgement) {
        let owners = fact.rows(Certificate.owners)
        let shares = (0..<owners.count).compactMap { owners.number($0, Owner.share) }
        // Joint property without shares is lawful: spouses, households.
        if shares.isEmpty { return }
        let sum = shares.reduce(0, &+)
        if shares.count == owners.count && abs(sum &- 1_000_000) <= shareToleranceMillionths { return }
        judgement.find(shareError)
        judgement.details.millionths("shareSum", sum)
    }

    private static func isLive(_ fact: Fact) -> Bool { !fact.holds(Certificate.status, "cancelled") }
}
