// Other people's clients on a broker that asks who they are: kcat, kafka-python and confluent-kafka with PLAIN, SCRAM
// and client certificates, and what access rules let each of them do. Certificates are made at run time by `lgsp pki`.
import Foundation
import TestSupport
import Testing

@Suite(.serialized) struct BrokerSecurityTests {
    private static let kcat = URL(filePath: "/usr/bin/kcat")
    private static let python = Program.root.appending(path: ".build/python/bin/python3")

    /// A broker of its own with both listeners, users and an authority.
    private struct Bench {
        let folder: URL
        let sasl: String
        let tls: String
        let program: Program

        init() throws {
            let lgsp = try #require(Program.lgsp, "build lgsp first: Scripts/test.sh does")
            folder = try Program.temporaryFolder("security")
            let plain = Program.freePort()
            let secure = Program.freePort()
            sasl = "127.0.0.1:\(plain)"
            tls = "127.0.0.1:\(secure)"
            let users = folder.appending(path: "users")
            try "admin:admin-secret\nalice:alice-secret\n".write(to: users, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: users.path)
            let pki = folder.appending(path: "pki").path
            for arguments in [
                ["pki", "init", "--dir", pki],
                ["pki", "issue", "--dir", pki, "--server", "127.0.0.1", "--out", pki + "/server"],
                ["pki", "issue", "--dir", pki, "--client", "urn:lgsp:health:kcat", "--out", pki + "/client"],
            ] {
                let made = try Program.run(lgsp, arguments)
                try #require(made.code == 0, "\(made.diagnostics)")
            }
            authority = pki + "/ca.crt.pem"
            clientCertificate = pki + "/client.crt.pem"
            clientKey = pki + "/client.key.pem"
            program = try Program(
                lgsp,
                [
                    "broker", "--data", folder.appending(path: "data").path, "--listen", sasl, "--tls-listen", tls,
                    "--sasl", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512", "--sasl-users", users.path,
                    "--tls-cert", pki + "/server.crt.pem", "--tls-key", pki + "/server.key.pem", "--tls-ca", authority,
                    "--set", "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                    "--set", "super.users=User:admin;User:CN=urn:lgsp:health:kcat",
                ])
            let running = program
            let listens = Program.until(seconds: 10) { running.standardError.contains("SSL://") }
            try #require(listens, "\(program.standardError)")
        }

        let authority: String
        let clientCertificate: String
        let clientKey: String

        func login(_ mechanism: String, _ user: String, _ password: String) -> [String] {
            [
                "-b", sasl, "-X", "security.protocol=SASL_PLAINTEXT", "-X", "sasl.mechanism=\(mechanism)",
                "-X", "sasl.username=\(user)", "-X", "sasl.password=\(password)",
            ]
        }

        var certificate: [String] {
            [
                "-b", tls, "-X", "security.protocol=SSL", "-X", "ssl.ca.location=\(authority)",
                "-X", "ssl.certificate.location=\(clientCertificate)", "-X", "ssl.key.location=\(clientKey)",
            ]
        }

        func end() {
            program.process.terminate()
            #expect(program.wait(seconds: 10) == 0, "\(program.standardError.suffix(2_000))")
            try? FileManager.default.removeItem(at: folder)
        }
    }

    @Test(arguments: ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"])
    func kcatLogsInWithTheRightPasswordOnly(_ mechanism: String) throws {
        let bench = try Bench()
        defer { bench.end() }
        let listed = try Program.run(Self.kcat, ["-L", "-m", "5"] + bench.login(mechanism, "admin", "admin-secret"))
        #expect(listed.output.contains("1 brokers"), "\(listed.diagnostics)")
        let refused = try Program.run(Self.kcat, ["-L", "-m", "2"] + bench.login(mechanism, "admin", "guess"))
        #expect(refused.code != 0)
        #expect(refused.diagnostics.contains("SASL authentication error"), "\(refused.diagnostics)")
    }

    @Test func aCertificateLetsInAndRulesKeepOut() throws {
        let bench = try Bench()
        defer { bench.end() }
        let value = bench.folder.appending(path: "value")
        try "hello\n".write(to: value, atomically: true, encoding: .utf8)
        let sent = try Program.run(Self.kcat, ["-P", "-t", "orders", "-l", value.path] + bench.certificate)
        #expect(sent.code == 0, "\(sent.diagnostics)")
        let read = try Program.run(Self.kcat, ["-C", "-e", "-q", "-o", "beginning", "-t", "orders"] + bench.certificate)
        #expect(read.output == "hello\n", "\(read.diagnostics)")
        // Alice has no rule: she sees no topic and writes to none.
        let listed = try Program.run(Self.kcat, ["-L", "-m", "5"] + bench.login("PLAIN", "alice", "alice-secret"))
        #expect(listed.output.contains("0 topics"), "\(listed.output) \(listed.diagnostics)")
        let denied = try Program.run(
            Self.kcat, ["-P", "-t", "orders", "-l", value.path] + bench.login("PLAIN", "alice", "alice-secret"))
        #expect(denied.diagnostics.contains("authorization failed"), "\(denied.diagnostics)")
    }

    @Test func pythonClientsLogInAndMeetTheRules() throws {
        guard FileManager.default.isExecutableFile(atPath: Self.python.path) else {
            print("skipped: the Python clients are not installed; Scripts/test.sh installs them")
            return
        }
        let bench = try Bench()
        defer { bench.end() }
        let script = """
            from confluent_kafka import Producer, KafkaError
            from confluent_kafka.admin import (AdminClient, NewTopic, AclBinding, AclBindingFilter, ResourceType,
                ResourcePatternType, AclOperation, AclPermissionType)
            from kafka import KafkaConsumer, KafkaProducer
            from kafka.errors import TopicAuthorizationFailedError
            address = '\(bench.sasl)'
            def conf(mechanism, user):
                return {'bootstrap.servers': address, 'security.protocol': 'SASL_PLAINTEXT', 'sasl.mechanism': mechanism,
                        'sasl.username': user, 'sasl.password': user + '-secret'}
            def kwargs(mechanism, user):
                return dict(bootstrap_servers=address, security_protocol='SASL_PLAINTEXT', sasl_mechanism=mechanism,
                            sasl_plain_username=user, sasl_plain_password=user + '-secret')
            admin = AdminClient(conf('SCRAM-SHA-512', 'admin'))
            for f in admin.create_topics([NewTopic('a', 1, 1), NewTopic('b', 1, 1)]).values(): f.result(20)
            def rule(type, name, operation):
                return AclBinding(type, name, ResourcePatternType.LITERAL, 'User:alice', '*', operation, AclPermissionType.ALLOW)
            rules = [rule(ResourceType.TOPIC, 'a', AclOperation.WRITE), rule(ResourceType.TOPIC, 'a', AclOperation.READ),
                     rule(ResourceType.GROUP, 'g', AclOperation.READ)]
            for f in admin.create_acls(rules).values(): f.result(20)
            anything = AclBindingFilter(ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY,
                                        AclPermissionType.ANY)
            assert len(admin.describe_acls(anything).result(20)) == 3
            outcome = {}
            producer = Producer(conf('SCRAM-SHA-256', 'alice'))
            for topic in ['a', 'b']:
                producer.produce(topic, b'x', on_delivery=lambda e, m: outcome.update({m.topic(): e and e.code()}))
            producer.flush(20)
            assert outcome == {'a': None, 'b': KafkaError.TOPIC_AUTHORIZATION_FAILED}, outcome
            own = KafkaProducer(**kwargs('PLAIN', 'alice'))
            own.send('a', b'y').get(20)
            consumer = KafkaConsumer('a', group_id='g', auto_offset_reset='earliest', consumer_timeout_ms=15000,
                                     **kwargs('SCRAM-SHA-256', 'alice'))
            values = []
            for message in consumer:
                values.append(message.value)
                if len(values) == 2: break
            consumer.commit()
            assert sorted(values) == [b'x', b'y'], values
            removed = admin.delete_acls([anything])[anything].result(20)
            assert len(removed) == 3
            print('done')
            """
        let run = try Program.run(Self.python, ["-c", script], seconds: 90)
        #expect(run.output.contains("done"), "\(run.diagnostics.suffix(3_000)) \(bench.program.standardError.suffix(2_000))")
    }
}
