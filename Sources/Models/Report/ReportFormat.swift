// The report as JSON, CSV, plain text and a page to print.

import JSON

/// The languages of the hub.
public enum ReportLanguage: String, Sendable, CaseIterable {
    case vietnamese = "vi"
    case english = "en"

    func callAsFunction(_ title: Title) -> String { self == .vietnamese ? title.vietnamese : title.english }
    func callAsFunction(_ vietnamese: String, _ english: String) -> String {
        self == .vietnamese ? vietnamese : english
    }
}

public enum ReportFormat: String, Sendable, CaseIterable {
    case json, csv, text, html
}

extension ReportDocument {
    /// The report in a format, UTF-8.
    public func render(as format: ReportFormat, in language: ReportLanguage = .vietnamese) -> [UInt8] {
        switch format {
        case .json: json()
        case .csv: Array(csv(language).utf8)
        case .text: Array(text(language).utf8)
        case .html: Array(html(language).utf8)
        }
    }

    // MARK: JSON

    private func json() -> [UInt8] {
        let rows = rows.map { row -> JSONValue in
            var members: [JSONMember] = [
                JSONMember("model", .integer(row.head.number)),
                JSONMember("title", ReportDocument.title(row.head.title)),
                JSONMember("owner", ReportDocument.title(row.owner)),
                JSONMember("deadline", ReportDocument.title(row.head.deadline.title)),
                JSONMember("status", .string(row.status.rawValue)), JSONMember("overdue", .bool(row.isOverdue)),
                JSONMember("built", .bool(row.isBuilt)), JSONMember("target", ReportDocument.title(row.head.target)),
            ]
            if let day = row.head.deadline.day { members.append(JSONMember("deadlineDay", .string(day.text))) }
            if let figure = row.primary { members.append(JSONMember("primary", ReportDocument.json(figure))) }
            if !row.others.isEmpty {
                members.append(JSONMember("indicators", .array(row.others.map(ReportDocument.json))))
            }
            if let month = row.freshMonth { members.append(JSONMember("dataUntil", .string(month.text))) }
            if let time = row.updatedMilliseconds { members.append(JSONMember("updatedMilliseconds", .integer(time))) }
            if let count = row.openErrorCount { members.append(JSONMember("openErrors", .integer(count))) }
            return .object(members)
        }
        return JSONValue.object([
            JSONMember("period", .string(period.text)), JSONMember("asOf", .string(asOf.text)),
            JSONMember("rows", .array(rows)),
        ]).write(pretty: true)
    }

    private static func title(_ title: Title) -> JSONValue {
        .object([JSONMember("vi", .string(title.vietnamese)), JSONMember("en", .string(title.english))])
    }

    private static func json(_ figure: ReportFigure) -> JSONValue {
        var members: [JSONMember] = [
            JSONMember("indicator", .string(figure.indicator.name)), JSONMember("title", title(figure.indicator.title)),
            JSONMember("formula", .string(figure.indicator.formula.rawValue)),
            JSONMember("status", .string(figure.standing.status.rawValue)),
        ]
        if let value = figure.standing.valueText {
            members.append(JSONMember("value", .number(value)))
            members.append(JSONMember("numerator", .integer(figure.sums.numerator)))
            members.append(JSONMember("denominator", .integer(figure.sums.denominator)))
        }
        if let change = figure.changeThousandths {
            members.append(JSONMember("change", .number(Decimal.text(change, places: 3))))
        }
        if let target = figure.indicator.target { members.append(JSONMember("target", .integer(target))) }
        return .object(members)
    }

    // MARK: Tables

    static func columnTitles(_ language: ReportLanguage) -> [String] {
        [
            language("STT", "No."), language("Mô hình", "Model"), language("Cơ quan chủ trì", "Lead agency"),
            language("Thời hạn", "Deadline"), language("Tình trạng", "Status"), language("Kết quả", "Value"),
            language("Mục tiêu", "Target"), language("Thay đổi", "Change"), language("Dữ liệu đến", "Data until"),
            language("Lỗi chờ xử lý", "Open errors"),
        ]
    }

    /// The ten cells of a row; "–" where nothing is known.
    static func cells(_ row: ReportRow, _ language: ReportLanguage) -> [String] {
        let unit = row.primary?.indicator.formula == .share ? " %" : ""
        let status = language(row.status.title) + (row.isOverdue ? language(", quá hạn", ", overdue") : "")
        let change = row.primary?.changeThousandths.map { ($0 > 0 ? "+" : "") + Decimal.text($0, places: 3) }
        return [
            row.head.code, language(row.head.title), language(row.owner), language(row.head.deadline.title), status,
            row.primary?.standing.valueText.map { value in
                "\(value)\(unit) (\(row.primary?.sums.numerator ?? 0)/\(row.primary?.sums.denominator ?? 0))"
            } ?? "–",
            row.primary?.indicator.target.map { "\($0)\(unit)" } ?? language(row.head.target), change ?? "–",
            row.freshMonth?.text ?? "–", row.openErrorCount.map { String($0) } ?? "–",
        ]
    }

    private func heading(_ language: ReportLanguage) -> String {
        language("Báo cáo 42 mô hình Đề án 06, kỳ ", "Report on the 42 models of Project 06, period ") + period.text
    }

    private func summary(_ language: ReportLanguage) -> String {
        IndicatorStatus.allCases.map { "\(language($0.title)): \(count($0))" }.joined(separator: " · ")
            + language(" · tính đến ", " · as of ") + asOf.text
    }

    private func csv(_ language: ReportLanguage) -> String {
        let lines = [ReportDocument.columnTitles(language)] + rows.map { ReportDocument.cells($0, language) }
        return lines.map { line in line.map(ReportDocument.quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    /// RFC 4180; always quoted, so that no spreadsheet takes "+1.2" or "05" for something else than text.
    private static func quoted(_ cell: String) -> String {
        "\"" + cell.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private func text(_ language: ReportLanguage) -> String {
        let lines = [ReportDocument.columnTitles(language)] + rows.map { ReportDocument.cells($0, language) }
        let limits = [3, 44, 34, 32, 24, 20, 24, 8, 11, 13]
        let clipped = lines.map { line in zip(line, limits).map { $0.count > $1 ? $0.prefix($1 - 1) + "…" : $0[...] } }
        let widths = limits.indices.map { column in clipped.map { $0[column].count }.max() ?? 0 }
        let table = clipped.map { line -> String in
            var out = zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }.joined(
                separator: "  ")
            while out.last == " " { out.removeLast() }
            return out
        }
        return ([heading(language), summary(language), ""] + table).joined(separator: "\n") + "\n"
    }

    // MARK: Page

    private func html(_ language: ReportLanguage) -> String {
        let head = ReportDocument.columnTitles(language).map { "<th scope=\"col\">\(ReportDocument.escaped($0))</th>" }
        let body = rows.map { row in
            "<tr class=\"\(row.status.rawValue)\">"
                + ReportDocument.cells(row, language).map { "<td>\(ReportDocument.escaped($0))</td>" }.joined()
                + "</tr>"
        }
        return """
            <!doctype html>
            <html lang="\(language.rawValue)"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>\(ReportDocument.escaped(heading(language)))</title>
            <style>
            body { font: 14px/1.4 "Times New Roman", serif; margin: 2em; color: #111 }
            table { border-collapse: collapse; width: 100% }
            th, td { border: 1px solid #777; padding: .3em .5em; text-align: left; vertical-align: top }
            tr.behind td:nth-child(5) { font-weight: bold; color: #a00 }
            tr.met td:nth-child(5) { color: #060 }
            tr.no_data td { color: #555 }
            thead { display: table-header-group } tr { break-inside: avoid }
            @page { size: A4 landscape; margin: 12mm }
            </style></head><body>
            <h1>\(ReportDocument.escaped(heading(language)))</h1>
            <p>\(ReportDocument.escaped(summary(language)))</p>
            <table><thead><tr>\(head.joined())</tr></thead>
            <tbody>
            \(body.joined(separator: "\n"))
            </tbody></table></body></html>

            """
    }

    private static func escaped(_ text: String) -> String {
        var out = ""
        for character in text {
            switch character {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            default: out.append(character)
            }
        }
        return out
    }
}
