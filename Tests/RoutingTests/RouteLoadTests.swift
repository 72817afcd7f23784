// Route files are loaded whole or not at all, and every fault names its place.

import Records
import Testing

@testable import Routing

/// A good route file with one text replaced by another.
struct RouteFixture {
    static let purposes = #"{"purposes":[{"id":"care","title":"Chăm sóc","titleEnglish":"Care"}]}"#
    static let good = """
        {"recipient":"r","title":"T","titleEnglish":"T","kind":"agency","reference":"hub","routes":[
          {"contract":"thing","purpose":"care","when":{"field":"/kind","equals":"a"},
           "basis":[
             {"kind":"law","instrument":"NĐ 13/2023/NĐ-CP","article":"Điều 17","from":"2023-07-01","to":"2025-12-31"},
             {"kind":"law","instrument":"Luật 91/2025/QH15","article":"Điều 19","from":"2026-01-01"},
             {"kind":"consent","purpose":"care","subjects":["/person/personRef"],"dataCategory":"thing"}],
           "release":["/id","/person","/owners/*/name"]}]}
        """

    static func load(_ file: String = good, purposes: String = purposes, name: String = "r") throws(ConfigurationFaults)
        -> RouteSet
    {
        var tree = FileTree()
        tree.files["Routes/purposes.json"] = Array(purposes.utf8)
        tree.files["Routes/\(name).route.json"] = Array(file.utf8)
        return try RouteSet.load(tree: tree, contracts: [RandomSharing.contract])
    }

    static func changed(_ old: String, _ new: String) -> String {
        good.split(separator: old, omittingEmptySubsequences: false).joined(separator: new)
    }
}

@Suite struct RouteLoadTests {
    @Test func aGoodFileLoads() throws {
        let routes = try RouteFixture.load()
        let rules = try #require(routes["r"])
        #expect(rules.routes[0].dataClass == .personal)
        #expect(rules.routes[0].basis.count == 3)
        #expect(routes.inputTopics == ["contract.thing.v1"])
        #expect(routes.outputTopics == ["deliver.r.thing.v1"])
        #expect(routes.notices.isEmpty)
        #expect(routes.releaseSet(rules.routes[0].releaseVersion) == rules.routes[0].release)
        #expect(routes["s"] == nil)
    }

    /// Old text, new text, pointer of the fault.
    static let faults: [(String, String, String)] = [
        ("\"kind\":\"agency\"", "\"kind\":\"friend\"", "/kind"),
        ("\"kind\":\"agency\",", "\"kind\":\"agency\",\"colour\":\"red\",", "/colour"),
        ("\"reference\":\"hub\"", "\"reference\":\"none\"", "/reference"),
        ("\"recipient\":\"r\"", "\"recipient\":\"R\"", "/recipient"),
        ("\"title\":\"T\",", "", "/title"),
        ("\"contract\":\"thing\"", "\"contract\":\"thong\"", "/routes/0/contract"),
        ("\"purpose\":\"care\",\"when\"", "\"purpose\":\"profit\",\"when\"", "/routes/0/purpose"),
        (
            "{\"kind\":\"consent\",\"purpose\":\"care\"", "{\"kind\":\"consent\",\"purpose\":\"profit\"",
            "/routes/0/basis/2/purpose"
        ),
        ("\"/id\"", "\"/ident\"", "/routes/0/release/0"),
        ("\"/id\"", "\"id\"", "/routes/0/release/0"),
        ("\"/id\"", "\"\"", "/routes/0/release/0"),
        ("\"/id\"", "\"/person\"", "/routes/0/release/1"),
        ("\"/id\"", "\"/deep/a/b\"", "/routes/0/basis/0/covers"),
        ("\"/id\"", "\"/deep\"", "/routes/0/basis/2/covers"),
        ("\"field\":\"/kind\"", "\"field\":\"/sort\"", "/routes/0/when"),
        ("\"equals\":\"a\"", "\"equal\":\"a\"", "/routes/0/when/equal"),
        ("\"equals\":\"a\"", "\"equals\":1.5", "/routes/0/when/equals"),
        ("\"equals\":\"a\"", "\"equals\":\"a\",\"exists\":true", "/routes/0/when"),
        ("\"equals\":\"a\"", "\"before\":\"2024\"", "/routes/0/when/before"),
        ("{\"field\":\"/kind\",\"equals\":\"a\"}", "{\"all\":[]}", "/routes/0/when/all"),
        ("{\"field\":\"/kind\",\"equals\":\"a\"}", "{\"none\":[]}", "/routes/0/when/none"),
        ("\"kind\":\"law\",\"instrument\":\"NĐ", "\"kind\":\"habit\",\"instrument\":\"NĐ", "/routes/0/basis/0/kind"),
        ("\"from\":\"2023-07-01\"", "\"from\":\"July\"", "/routes/0/basis/0/from"),
        ("\"to\":\"2025-12-31\"", "\"to\":\"2022-12-31\"", "/routes/0/basis/0/to"),
        ("\"article\":\"Điều 19\",", "", "/routes/0/basis/1/article"),
        ("\"/person/personRef\"", "\"/person/name\"", "/routes/0/basis/2/subjects/0"),
        ("\"dataCategory\":\"thing\"", "\"dataCategory\":\"*\"", "/routes/0/basis/2/dataCategory"),
        (
            "\"dataCategory\":\"thing\"", "\"dataCategory\":\"thing\",\"givenBy\":\"friend\"",
            "/routes/0/basis/2/givenBy"
        ),
        ("[\"/id\",\"/person\",\"/owners/*/name\"]", "[]", "/routes/0/release"),
        ("\"routes\":[", "\"routes\":[[],", "/routes/0"),
        ("\"contract\":\"thing\",", "\"contract\":\"thing\",\"major\":0,", "/routes/0/major"),
        ("]}]}", "]}]", ""),
    ]

    @Test(arguments: faults.indices)
    func whatIsNotRightIsRefusedWithItsPlace(_ number: Int) {
        let (old, new, pointer) = Self.faults[number]
        let file = RouteFixture.changed(old, new)
        #expect(file != RouteFixture.good)
        do {
            _ = try RouteFixture.load(file)
            Issue.record("loaded with \(new)")
        } catch {
            #expect(error.faults.contains { $0.pointer == pointer && !$0.fix.isEmpty }, "\(error)")
        }
    }

    @Test func aRouteWithoutBasisIsRefused() {
        let start = RouteFixture.good.range(of: "\"basis\":[", upTo: "\"release\"")
        let file = RouteFixture.good.replacingCharacters(in: start, with: "\"basis\":[],")
        do {
            _ = try RouteFixture.load(file)
            Issue.record("loaded without a basis")
        } catch {
            #expect(error.faults.map(\.pointer) == ["/routes/0/basis"])
        }
    }

    @Test func aContractStandsOnceInAFile() {
        let route =
            #"{"contract":"thing","purpose":"care","release":["/id"],"#
            + #""basis":[{"kind":"law","instrument":"L","article":"1","from":"2020-01-01"}]}"#
        let file =
            #"{"recipient":"r","title":"T","titleEnglish":"T","kind":"model","reference":"hub","#
            + #""routes":[\#(route),\#(route)]}"#
        do {
            _ = try RouteFixture.load(file)
            Issue.record("loaded with a contract twice")
        } catch {
            #expect(error.faults.map(\.pointer) == ["/routes/1/contract"])
        }
    }

    @Test func aFileForAnotherRecipientIsRefused() {
        do {
            _ = try RouteFixture.load(name: "s")
            Issue.record("loaded under another name")
        } catch {
            #expect(error.faults.map(\.pointer) == ["/recipient"])
        }
    }

    @Test func everyFaultOfAFileIsToldAtOnce() {
        let file = RouteFixture.changed("\"/id\"", "\"/ident\"").split(separator: "\"/kind\"").joined(
            separator: "\"/sort\"")
        do {
            _ = try RouteFixture.load(file)
            Issue.record("loaded with two faults")
        } catch {
            #expect(error.faults.count == 2)
        }
    }

    @Test func daysWithoutALawAreReported() throws {
        let routes = try RouteFixture.load(RouteFixture.changed("\"to\":\"2025-12-31\"", "\"to\":\"2025-11-30\""))
        #expect(routes.notices.map(\.pointer) == ["/routes/0/basis"])
        let overlapping = try RouteFixture.load(
            RouteFixture.changed("\"from\":\"2026-01-01\"", "\"from\":\"2025-07-01\""))
        #expect(overlapping.notices.count == 1)
    }

    @Test func versionsFollowTheContent() throws {
        let one = try RouteFixture.load()
        let same = try RouteFixture.load()
        let other = try RouteFixture.load(RouteFixture.changed("\"/id\",", ""))
        #expect(one.version == same.version && one.version != other.version)
        #expect(one["r"]?.version != other["r"]?.version)
        #expect(one["r"]?.routes[0].releaseVersion != other["r"]?.routes[0].releaseVersion)
    }

    @Test func pointersAreReadAndWritten() {
        for text in ["/a", "/a~1b/~0", "/owners/*/x", "/người"] { #expect(FieldPointer(text)?.description == text) }
        for text in ["", "a", "/", "/a//b", "/a~", "/a~2", "/a/"] { #expect(FieldPointer(text) == nil, "\(text)") }
    }
}

extension String {
    /// From the first occurrence of one text up to another.
    func range(of first: String, upTo last: String) -> Range<Index> {
        let start = firstRange(of: first)?.lowerBound ?? startIndex
        let end = self[start...].firstRange(of: last)?.lowerBound ?? endIndex
        return start..<end
    }

    func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
