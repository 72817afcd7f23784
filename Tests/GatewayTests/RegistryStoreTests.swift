import Bus
import Testing

@testable import Gateway

@Suite struct RegistryStoreTests {
    @Test func withoutABrokerTheRegistryDoesNotStartAndSaysWhy() {
        // Port 9 (discard) is closed: no registry may answer without knowing what is stored.
        #expect(throws: BusError.self) {
            try RegistryStore(BusSettings(bootstrapServers: "127.0.0.1:9", clientId: "registry-tests"), clusterId: "test")
        }
    }
}
