// What the shell around the core adds to the page of metrics: connections, buffers, the process.

import Glibc
import Runtime

extension BrokerServer {
    func addServer(_ page: inout MetricsPage) {
        page.begin("kafka_server_socketservermetrics_connection_count", .gauge, "Open connections.")
        for (place, address) in addresses.enumerated() {
            page.add(connections.values.count { $0.listener == place }, ["listener": address])
        }
        page.begin("kafka_network_requestchannel_responsequeuebytes", .gauge, "Bytes of responses not yet taken by clients.")
        page.add(outputBytes)
        page.begin("kafka_network_requestchannel_requestbufferbytes", .gauge, "Bytes of requests not yet whole.")
        page.add(chargedBytes)
        var usage = rusage()
        guard unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        page.begin("process_cpu_seconds_total", .counter, "Processor time of the process.")
        page.add(seconds: seconds(usage.ru_utime) + seconds(usage.ru_stime))
        page.begin("process_max_resident_memory_bytes", .gauge, "The most memory that the process has had.")
        page.add(usage.ru_maxrss * 1024)
    }
}
