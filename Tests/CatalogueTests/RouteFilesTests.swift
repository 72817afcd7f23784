// Every route file of the project loads, has cases, and every case comes out as written.

import Records
import Routing
import Testing

@Suite struct RouteFilesTests {
    @Test func everyRouteLoadsAndEveryCaseHolds() throws {
        let tree = RepositoryTree.tree
        let routes = try RepositoryTree.routes()
        let report = RouteCases.run(tree: tree, routes: routes)
        for failure in report.failures { Issue.record("\(failure)") }
        #expect(report.recipientsWithoutCases.isEmpty)
        #expect(report.passedCount >= 80)
    }

    @Test func everyRecipientOfTheHubHasItsRoutes() throws {
        let routes = try RepositoryTree.routes()
        #expect(
            routes.recipients.map(\.recipient) == [
                "labour", "model-05", "model-16", "model-30", "model-33", "model-34", "model-35", "population",
                "social-insurance", "vneid",
            ])
        #expect(routes.inputTopics.contains("contract.medical-visit.v1"))
        #expect(routes.outputTopics.contains("deliver.model-05.medical-visit.v1"))
        #expect(Set(routes.outputTopics).count == routes.outputTopics.count)
        for rules in routes.recipients {
            #expect((rules.reference == .recipient) == (rules.kind == .agency), "\(rules.recipient)")
        }
    }

    @Test func noNoticeIsOpen() throws {
        #expect(try RepositoryTree.routes().notices == [])
    }

    @Test func modelsReceiveNoCitizenNumberNoNameAndNoDiagnosis() throws {
        for rules in try RepositoryTree.routes().recipients where rules.kind == .model {
            for route in rules.routes {
                for pointer in route.release {
                    let last = pointer.tokens.last ?? ""
                    #expect(
                        !["idNumber", "fullName", "diagnosis", "causeOfDeath", "sourceRaw"].contains(last), "\(pointer)"
                    )
                    // Whole persons hold all of these.
                    #expect(
                        !["person", "guardian", "child", "mother", "father", "deceased"].contains(last), "\(pointer)")
                }
            }
        }
    }

    @Test func everyPurposeIsUsedAndTitled() throws {
        let routes = try RepositoryTree.routes()
        let used = Set(routes.recipients.flatMap { $0.routes.map(\.purpose) })
        #expect(used == Set(routes.purposes.map(\.id)))
    }
}
