// The agencies that lead or help with a model, by date. The decision of 2023 names the departments of its time;
// those of 2025 took over their tasks (general knowledge of the reorganisation of 1 March and 1 July 2025; the
// owner of the catalogue corrects the dates here).

/// An agency by task, so that each task can go to another successor.
public enum Agency: String, Sendable, CaseIterable {
    case police, peopleCommitteeOffice, health, socialInsurance, informationTechnology, networkSecurity
    case tourism, culture, economicZone, justice, judicialRecords, transport, drivingLicences, stateBank
    case education, industryTrade, employment, socialProtection, healthAndLabour, land, statistics
    case agenciesOfField, specialisedAgencies, local, police06, communityTeams, villageTeams, universities
    case businesses, enterprises, concerned

    /// The name on a day.
    public func title(on day: CalendarDay) -> Title {
        var title = names[0].title
        for name in names where day >= name.from { title = name.title }
        return title
    }

    /// Names in the order of the days from which they hold.
    public var names: [(from: CalendarDay, title: Title)] {
        let first = Agency.title2023[self] ?? Title(rawValue, rawValue)
        guard let successor = Agency.title2025[self] else { return [(Agency.beginning, first)] }
        return [(Agency.beginning, first), (Agency.reorganisation, successor)]
    }

    static let beginning = CalendarDay(number: 0)
    /// 2025-03-01.
    static let reorganisation = Month(year: 2025, month: 3).firstDay

    private static let title2023: [Agency: Title] = [
        .police: Title("Công an tỉnh", "Provincial Police"),
        .peopleCommitteeOffice: Title("Văn phòng Ủy ban nhân dân tỉnh", "Office of the People's Committee"),
        .health: Title("Sở Y tế", "Department of Health"),
        .socialInsurance: Title("Bảo hiểm xã hội tỉnh", "Provincial Social Insurance"),
        .informationTechnology: Title("Sở Thông tin và Truyền thông", "Department of Information and Communications"),
        .networkSecurity: Title("Sở Thông tin và Truyền thông", "Department of Information and Communications"),
        .tourism: Title("Sở Du lịch", "Department of Tourism"),
        .culture: Title("Sở Văn hóa và Thể thao", "Department of Culture and Sports"),
        .economicZone: Title("Ban Quản lý Khu kinh tế tỉnh", "Economic Zone Authority"),
        .justice: Title("Sở Tư pháp", "Department of Justice"),
        .judicialRecords: Title("Sở Tư pháp", "Department of Justice"),
        .transport: Title("Sở Giao thông vận tải", "Department of Transport"),
        .drivingLicences: Title("Sở Giao thông vận tải", "Department of Transport"),
        .stateBank: Title("Ngân hàng Nhà nước", "State Bank"),
        .education: Title("Sở Giáo dục và Đào tạo", "Department of Education and Training"),
        .industryTrade: Title("Sở Công Thương", "Department of Industry and Trade"),
        .employment: Title("Sở Lao động – Thương binh và Xã hội", "Department of Labour, Invalids and Social Affairs"),
        .socialProtection: Title(
            "Sở Lao động – Thương binh và Xã hội", "Department of Labour, Invalids and Social Affairs"),
        .healthAndLabour: Title(
            "Sở Y tế, Sở Lao động – Thương binh và Xã hội", "Departments of Health and of Labour"),
        .land: Title("Sở Tài nguyên và Môi trường", "Department of Natural Resources and Environment"),
        .statistics: Title("Cục Thống kê tỉnh", "Provincial Statistics Office"),
        .agenciesOfField: Title("Các sở, ngành theo lĩnh vực", "The departments, each in its field"),
        .specialisedAgencies: Title("Các cơ quan chuyên môn thuộc tỉnh", "The province's specialised agencies"),
        .local: Title("UBND các huyện, thị xã, thành phố", "People's Committees of the districts"),
        .police06: Title("Cục C06 thuộc Bộ Công an", "C06, Ministry of Public Security"),
        .communityTeams: Title("Tổ công nghệ số cộng đồng", "Community digital teams"),
        .villageTeams: Title("Tổ công tác Đề án 06 cấp huyện, cấp xã", "District and commune teams of Project 06"),
        .universities: Title(
            "Các trường Đại học, Cao đẳng trên địa bàn tỉnh", "Universities and colleges of the province"),
        .businesses: Title("Các cơ sở kinh doanh có điều kiện về ANTT", "Conditional businesses"),
        .enterprises: Title("Các doanh nghiệp", "Enterprises"),
        .concerned: Title("Các cơ quan, đơn vị liên quan", "The agencies and units concerned"),
    ]

    private static let title2025: [Agency: Title] = [
        .informationTechnology: Title("Sở Khoa học và Công nghệ", "Department of Science and Technology"),
        .networkSecurity: Title("Công an tỉnh", "Provincial Police"),
        .tourism: Title("Sở Văn hóa, Thể thao và Du lịch", "Department of Culture, Sports and Tourism"),
        .culture: Title("Sở Văn hóa, Thể thao và Du lịch", "Department of Culture, Sports and Tourism"),
        .judicialRecords: Title("Công an tỉnh", "Provincial Police"),
        .transport: Title("Sở Xây dựng", "Department of Construction"),
        .drivingLicences: Title("Công an tỉnh", "Provincial Police"),
        .employment: Title("Sở Nội vụ", "Department of Home Affairs"),
        .socialProtection: Title("Sở Y tế", "Department of Health"),
        .healthAndLabour: Title("Sở Y tế, Sở Nội vụ", "Departments of Health and of Home Affairs"),
        .land: Title("Sở Nông nghiệp và Môi trường", "Department of Agriculture and Environment"),
        .local: Title("UBND các xã, phường", "People's Committees of the communes"),
    ]
}
