// The 42 models of the province's decision: number, titles, who leads and helps, deadline and target. Built or
// not, each has a row here and so a row in the report. "Quý III/2024" is read as 2024-09-30, "Năm 2023" as
// 2023-12-31. Titles are shortened where the decision explains itself in them, and VNeID is spelled one way.

/// The heads of all 42 models.
public enum ModelCatalogue {
    /// In the order of their numbers.
    public static let heads: [ModelHead] = firstHalf + secondHalf

    /// The head of a model; the first one for a number outside 1...42.
    public static func head(_ number: Int) -> ModelHead {
        heads.indices.contains(number - 1) ? heads[number - 1] : heads[0]
    }

    private static func endOf(_ year: Int, _ month: Int) -> CalendarDay { Month(year: year, month: month).lastDay }

    private static func row(
        _ number: Int, _ vietnamese: String, _ english: String, _ leads: [Agency], _ partners: [Agency],
        _ deadline: Deadline, _ targetVietnamese: String, _ targetEnglish: String
    ) -> ModelHead {
        ModelHead(
            number: number, title: Title(vietnamese, english), leads: leads, partners: partners, deadline: deadline,
            target: Title(targetVietnamese, targetEnglish))
    }

    private static let firstHalf: [ModelHead] = [
        row(
            1, "Triển khai hiệu quả 53 dịch vụ công thiết yếu",
            "53 essential public services", [.police, .peopleCommitteeOffice],
            [.specialisedAgencies, .local], .roadmap,
            "53 dịch vụ công thiết yếu", "53 essential services"),
        row(
            2, "Xây dựng tối thiểu 20 dịch vụ công không sử dụng hồ sơ giấy",
            "At least 20 paperless services", [.peopleCommitteeOffice],
            [.specialisedAgencies, .local], .by(endOf(2024, 9), continues: false),
            "Tối thiểu 20 dịch vụ công", "At least 20 services"),
        row(
            3,
            "Lưu trữ, chứng thực các giấy tờ tài liệu điện tử phục vụ người dân, doanh nghiệp tham gia môi trường số",
            "Certified e-documents and personal store", [.peopleCommitteeOffice],
            [.specialisedAgencies, .local], .by(endOf(2023, 12), continues: true),
            "Kho dữ liệu, tài liệu cá nhân tích hợp VNeID", "Personal document store on VNeID"),
        row(
            4, "Triển khai cung cấp dịch vụ công trực tuyến trên VNeID",
            "Public services on VNeID", [.police],
            [.police06, .specialisedAgencies, .villageTeams], .by(endOf(2023, 12), continues: false),
            "Dịch vụ công trực tuyến qua VNeID", "Online services through VNeID"),
        row(
            5, "Khám chữa bệnh sử dụng thẻ CCCD và VNeID",
            "Care with CCCD or VNeID", [.health],
            [.police, .socialInsurance, .informationTechnology, .health], .by(endOf(2023, 12), continues: false),
            "100% cơ sở khám, chữa bệnh", "100% of health facilities"),
        row(
            6, "Khám, chữa bệnh sử dụng sinh trắc học, KIOSK tự phục vụ",
            "Biometric kiosk care", [.health],
            [.police, .socialInsurance, .informationTechnology], .roadmap,
            "Đăng ký khám, chữa bệnh tại kiosk", "Registration at kiosks"),
        row(
            7, "Triển khai tại các điểm công chứng, chứng thực",
            "Notary and certification points", [.justice],
            [.police], .by(endOf(2024, 12), continues: true),
            "Toàn bộ các cơ sở công chứng, chứng thực", "All notary and certification offices"),
        row(
            8, "Nền tảng quản lý lưu trú tại nhà trọ, nhà nghỉ, khách sạn, nhà khách, nhà công vụ",
            "Lodging: hotels, inns, guest houses", [.police],
            [.tourism], .by(endOf(2023, 12), continues: true),
            "Các cơ sở lưu trú sử dụng phần mềm ASM", "Lodging establishments on ASM"),
        row(
            9, "Nền tảng quản lý lưu trú tại nhà cho thuê, nhà ở trong khu công nghiệp",
            "Lodging: rented houses, industrial-zone housing", [.police],
            [.economicZone], .by(endOf(2023, 12), continues: true),
            "Nhà cho thuê, nhà ở khu công nghiệp sử dụng phần mềm ASM", "Rented and industrial-zone housing on ASM"),
        row(
            10, "Nền tảng quản lý lưu trú tại cơ sở khám chữa bệnh",
            "Lodging: health facilities", [.police],
            [.health], .by(endOf(2023, 12), continues: true),
            "Các cơ sở khám chữa bệnh sử dụng phần mềm ASM", "Health facilities on ASM"),
        row(
            11, "Nền tảng quản lý lưu trú trên xe khách đường dài",
            "Lodging on overnight coaches", [.police],
            [.transport], .by(endOf(2024, 12), continues: true),
            "Các nhà xe đường dài qua đêm sử dụng phần mềm ASM", "Overnight coach operators on ASM"),
        row(
            12, "Camera AI kiểm soát ra/vào tại khu du lịch",
            "AI cameras, tourist areas", [.tourism],
            [.police, .informationTechnology], .roadmap,
            "Một số điểm du lịch", "Some tourist sites"),
        row(
            13, "Camera AI kiểm soát ra/vào tại khu công nghiệp",
            "AI cameras, industrial zones", [.economicZone],
            [.police, .informationTechnology], .roadmap,
            "Các khu công nghiệp", "The industrial zones"),
        row(
            14, "Camera AI kiểm soát ra/vào tại nhà ga",
            "AI cameras, railway station", [.informationTechnology],
            [.police], .roadmap,
            "Nhà ga", "The railway station"),
        row(
            15, "Xác minh danh tính số tại các cơ sở kinh doanh có điều kiện về ANTT",
            "Identity check at conditional businesses", [.police],
            [.businesses], .roadmap,
            "Khuyến khích sử dụng thiết bị xác minh", "Use of verification devices encouraged"),
        row(
            16, "Thiết bị giám sát thi cử, sát hạch lái xe",
            "Driving test supervision", [.drivingLicences],
            [.police, .informationTechnology], .by(endOf(2024, 6), continues: false),
            "Các trung tâm đào tạo, sát hạch lái xe", "The driver training and test centres"),
        row(
            17, "Giải pháp xử phạt giao thông và trật tự an toàn xã hội",
            "Traffic and order sanctions", [.police],
            [.informationTechnology, .transport, .concerned], .by(endOf(2024, 3), continues: false),
            "Xác minh phương tiện vi phạm qua IOC", "Offending vehicles identified through the IOC"),
        row(
            18, "Sử dụng CCCD gắn chip quẹt thanh toán vé tàu, xe không dùng tiền mặt",
            "Ticket payment with CCCD", [.transport],
            [.police, .informationTechnology], .by(endOf(2023, 12), continues: false),
            "Tích hợp vé tàu xe và đầu đọc CCCD", "Tickets and CCCD readers integrated"),
        row(
            19, "Cho vay tín chấp công dân: hộ nghèo, người có công",
            "Unsecured loans for poor and merit households", [.stateBank],
            [.police, .informationTechnology, .socialProtection], .roadmap,
            "Xác định đúng đối tượng được vay", "Eligible borrowers determined"),
        row(
            20, "Thi trực tuyến tập trung xác thực thẻ CCCD gắn chip",
            "Centralised online exams with chip CCCD", [.education],
            [.police, .universities], .roadmap,
            "Xác định đúng thí sinh", "Candidates identified"),
        row(
            21, "Phát triển du lịch gắn với đặc sản vùng miền, kinh tế hộ gia đình, kinh tế số",
            "Tourism, local specialities, household e-commerce", [.industryTrade],
            [.police, .tourism, .informationTechnology], .roadmap,
            "Sản phẩm trên sàn thương mại điện tử", "Products on e-commerce platforms"),
    ]

    private static let secondHalf: [ModelHead] = [
        row(
            22, "Đảm bảo điều kiện công dân số",
            "Digital citizen assets", [.police],
            [.informationTechnology, .local], .by(endOf(2023, 12), continues: true),
            "100% người dân đủ điều kiện", "100% of eligible people"),
        row(
            23, "Chuẩn hóa xác thực tập trung (SSO)",
            "SSO standardisation", [.informationTechnology],
            [.police, .enterprises], .roadmap,
            "Toàn hệ thống nền tảng số của tỉnh", "All digital platforms of the province"),
        row(
            24, "Nền tảng tích hợp, chia sẻ dữ liệu tỉnh (LGSP)",
            "LGSP itself", [.informationTechnology],
            [.peopleCommitteeOffice, .police], .by(endOf(2023, 12), continues: true),
            "Chia sẻ dữ liệu dùng chung, kết nối nền tảng quốc gia", "Shared data, national platforms linked"),
        row(
            25, "Truyền thông nội bộ cho toàn bộ cán bộ, công chức, viên chức",
            "Internal communication", [.informationTechnology],
            [.police, .specialisedAgencies, .local], .ongoing,
            "Toàn bộ cán bộ, công chức, viên chức", "All public staff"),
        row(
            26, "Truyền thông chính sách qua LED, pano, áp phích, truyền thanh, truyền hình, nền tảng số",
            "Policy communication", [.informationTechnology],
            [.culture, .police], .ongoing,
            "Đến mọi người dân", "Everybody reached"),
        row(
            27, "Nền tảng đào tạo trực tuyến đại chúng mở (MOOC)",
            "MOOC training", [.police],
            [.peopleCommitteeOffice], .by(endOf(2023, 12), continues: true),
            "Cán bộ, công chức, viên chức được đào tạo", "Public staff trained"),
        row(
            28, "Tố giác tội phạm qua ứng dụng VNeID",
            "Crime reports via VNeID", [.police],
            [.informationTechnology, .communityTeams], .ongoing,
            "Tố giác tội phạm qua VNeID", "Crime reports through VNeID"),
        row(
            29, "Tuyên truyền chính sách, hỗ trợ pháp lý qua VNeID, Call Center",
            "Policy and legal support via VNeID, call centre", [.police],
            [.informationTechnology, .communityTeams], .ongoing,
            "Hỗ trợ pháp lý qua tổng đài", "Legal support by call centre"),
        row(
            30, "Hệ thống quản lý trường học",
            "School management", [.education],
            [.informationTechnology], .by(endOf(2023, 12), continues: true),
            "Xác thực thông tin giáo viên và học sinh; đăng nhập VNeID (SSO)",
            "Teachers and pupils verified; VNeID sign-on"),
        row(
            31, "Thông tin lý lịch tư pháp trên VNeID",
            "Judicial record on VNeID", [.judicialRecords],
            [.police, .informationTechnology], .by(endOf(2023, 12), continues: true),
            "Hiển thị lý lịch tư pháp trên VNeID", "Judicial records shown on VNeID"),
        row(
            32, "Tích hợp Sổ sức khỏe điện tử, Sổ lao động điện tử trên VNeID",
            "Health book and labour book on VNeID", [.healthAndLabour],
            [.police, .informationTechnology], .by(endOf(2023, 12), continues: true),
            "Tích hợp sức khỏe và việc làm trên VNeID", "Health and work integrated on VNeID"),
        row(
            33, "Quản lý thông tin người sử dụng đất, chủ sở hữu nhà ở, tài sản gắn liền với đất",
            "Land users and house owners", [.land],
            [.police, .informationTechnology, .local], .by(endOf(2024, 6), continues: false),
            "Toàn bộ thông tin được số hóa, làm sạch, xác thực", "All records digitised, cleaned and verified"),
        row(
            34, "Số hóa tạo lập dữ liệu trên nền Cơ sở dữ liệu quốc gia về dân cư",
            "Digitising data on the population base", [.agenciesOfField],
            [.police, .villageTeams], .ongoing,
            "Số hóa hộ tịch, lao động, đoàn hội", "Civil status, labour and associations digitised"),
        row(
            35, "Quản lý chương trình An sinh xã hội thông qua VNeID",
            "Social protection through VNeID", [.socialProtection],
            [.police, .informationTechnology], .by(endOf(2024, 3), continues: false),
            "Toàn bộ đối tượng được số hóa, làm sạch, xác thực", "All beneficiaries digitised, cleaned and verified"),
        row(
            36, "Phân tích tình hình dân cư",
            "Population analysis", [.statistics],
            [.police, .informationTechnology, .local], .by(endOf(2024, 3), continues: false),
            "Phục vụ chỉ đạo điều hành của tỉnh", "Serves the province's leadership"),
        row(
            37, "Phân tích tình hình lao động",
            "Labour analysis", [.employment],
            [.police, .informationTechnology, .local], .by(endOf(2024, 3), continues: false),
            "Phục vụ chỉ đạo điều hành, an sinh xã hội", "Serves leadership and social security"),
        row(
            38, "Phân tích tình hình du lịch thông qua lưu trú",
            "Tourism from lodging", [.tourism],
            [.police, .informationTechnology, .local], .roadmap,
            "Phục vụ chỉ đạo điều hành về du lịch", "Serves leadership in tourism"),
        row(
            39, "Phân tích tình hình trật tự, an toàn xã hội trên địa bàn tỉnh",
            "Public order analysis", [.police],
            [.concerned], .roadmap,
            "Phục vụ chỉ đạo điều hành về trật tự xã hội", "Serves leadership in public order"),
        row(
            40, "Cuộc thi sáng kiến phát triển ứng dụng khai thác dữ liệu",
            "Data-use innovation contest", [.police],
            [.concerned], .roadmap,
            "Sản phẩm dựa trên dữ liệu mở", "Products on open data"),
        row(
            41, "Trung tâm Giám sát an ninh mạng SOC tỉnh",
            "Provincial SOC (level 3)", [.networkSecurity],
            [.police, .concerned], .by(endOf(2024, 3), continues: false),
            "An toàn thông tin tối thiểu cấp độ 3", "Security of at least level 3"),
        row(
            42, "Đào tạo, tập huấn an ninh, an toàn, bảo mật thông tin cho người sử dụng cuối",
            "End-user security training", [.police],
            [.concerned], .by(endOf(2024, 3), continues: true),
            "Người sử dụng cuối nắm vững quy trình", "End users know the procedures"),
    ]
}
