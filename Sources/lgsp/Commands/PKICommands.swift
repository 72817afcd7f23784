// `lgsp pki`: a private certificate authority in a folder, for agencies without one: `ca.crt.pem`, `ca.key.pem`,
// `issued/<serial>.crt.pem`, `revoked/<serial>.crt.pem`, `ca.crl.pem`.
import Crypto
import Foundation
import JSON
import Runtime

enum PKICommands {
    static let all: [Command] = [begin, issue, revoke, list]

    private static let folderOption = Option.value("dir", "DIR", "the authority's folder (default: pki)")

    static let begin = Command(
        words: ["pki", "init"], summary: "makes a private certificate authority (ECDSA P-256) in a folder",
        options: [
            folderOption, .value("name", "TEXT", "the authority's name (default: LGSP private authority)"),
            .value("days", "N", "how long it is valid (default: 3650)"),
        ],
        example: "lgsp pki init --dir pki --name \"LGSP Gia Lai\""
    ) { arguments in
        let folder = arguments.value("dir") ?? "pki"
        guard !FileManager.default.fileExists(atPath: folder + "/ca.key.pem") else {
            throw CommandFailure(.usage, "\(folder)/ca.key.pem is there already; an authority is made once, choose another --dir")
        }
        for name in ["", "/issued", "/revoked"] { try makeFolder(folder + name) }
        let days = try arguments.integer("days", default: 3_650, in: 1...36_500)
        let authority = try CertificateAuthority.make(
            name: arguments.value("name") ?? "LGSP private authority", validity: validity(days: days))
        try PrivateFile.write(try authority.key.pem(), to: folder + "/ca.key.pem")
        try PrivateFile.write(try authority.certificate.pem(), to: folder + "/ca.crt.pem")
        try writeRevocationList(authority, folder)
        Output.line("authority \(authority.certificate.commonName ?? "") in \(folder): ca.crt.pem to hand out, ca.key.pem to guard, ca.crl.pem")
        return .done
    }

    static let issue = Command(
        words: ["pki", "issue"], summary: "issues a certificate: of a client's identity or of a server's hosts",
        options: [
            folderOption,
            .value("client", "URI", "the identity of a client, urn:lgsp:<agency>:<system>"),
            .value("server", "HOST", "a host name or address of a server; again for more"),
            .value("request", "FILE", "a signing request (PKCS#10, PEM), so that the key stays with its owner"),
            .value("out", "PREFIX", "writes PREFIX.crt.pem and, without --request, PREFIX.key.pem (required)"),
            .value("days", "N", "how long it is valid (default: 365)"),
        ],
        example: "lgsp pki issue --dir pki --client urn:lgsp:health:his --out health-his"
    ) { arguments in
        let folder = arguments.value("dir") ?? "pki"
        let authority = try load(folder)
        guard let out = arguments.value("out") else {
            throw CommandFailure(.usage, "--out PREFIX is missing: where the certificate and its key are written")
        }
        let hosts = arguments.all("server")
        let profile: CertificateProfile
        switch (arguments.value("client"), hosts.isEmpty) {
        case (let uri?, true):
            guard isIdentity(uri) else {
                throw CommandFailure(.usage, "--client \(uri): needs the form urn:lgsp:<agency>:<system>, lower-case letters, digits and hyphens")
            }
            profile = .client(uri)
        case (nil, false): profile = .server(hosts: hosts)
        default: throw CommandFailure(.usage, "give either --client URI or --server HOST")
        }
        let span = validity(days: try arguments.integer("days", default: 365, in: 1...3_650))
        let certificate: Certificate
        if let request = arguments.value("request") {
            let bytes = try FileRoot.bytes(of: request)
            do {
                certificate = try authority.issue(profile, request: bytes, validity: span)
            } catch {
                throw CommandFailure(.doesNotHold, "\(request): no signing request whose signature holds (\(error))")
            }
        } else {
            let made = try authority.issueWithKey(profile, validity: span)
            certificate = made.certificate
            try write(try made.key.pem(), to: out + ".key.pem")
        }
        try write(try certificate.pem(), to: "\(folder)/issued/\(certificate.serial).crt.pem")
        try write(try certificate.pem(), to: out + ".crt.pem")
        arguments.json ? Output.json(document(certificate, isRevoked: false)) : Output.line("issued \(certificate.serial): \(out).crt.pem")
        return .done
    }

    static let revoke = Command(
        words: ["pki", "revoke"], summary: "revokes a certificate by its serial and writes a new revocation list",
        positional: "SERIAL",
        options: [folderOption],
        example: "lgsp pki revoke 3f1c09 --dir pki"
    ) { arguments in
        let folder = arguments.value("dir") ?? "pki"
        let serial = try arguments.required(0, "SERIAL")
        let authority = try load(folder)
        guard let certificate = try certificates(folder, "issued").first(where: { $0.serial == serial }) else {
            throw CommandFailure(.usage, "no certificate \(serial) was issued; lgsp pki list has them")
        }
        try write(try certificate.pem(), to: "\(folder)/revoked/\(serial).crt.pem")
        try writeRevocationList(authority, folder)
        Output.line("revoked \(serial); hand out \(folder)/ca.crl.pem")
        return .done
    }

    static let list = Command(
        words: ["pki", "list"], summary: "the certificates that an authority issued",
        options: [folderOption],
        example: "lgsp pki list --dir pki --json"
    ) { arguments in
        let folder = arguments.value("dir") ?? "pki"
        _ = try load(folder)
        let revoked = Set(try certificates(folder, "revoked").map(\.serial))
        let issued = try certificates(folder, "issued").sorted { $0.validFromSeconds < $1.validFromSeconds }
        if arguments.json {
            Output.json(.array(issued.map { document($0, isRevoked: revoked.contains($0.serial)) }))
        } else {
            let now = SystemClock().wallMilliseconds() / 1_000
            Output.table(
                ["serial", "names", "until", "state"],
                issued.map {
                    [
                        $0.serial, names(of: $0).joined(separator: " "), Timestamp.text($0.validUntilSeconds * 1_000),
                        revoked.contains($0.serial) ? "revoked" : $0.validUntilSeconds < now ? "expired" : "valid",
                    ]
                })
        }
        return .done
    }

    // MARK: Parts

    static func load(_ folder: String) throws(CommandFailure) -> CertificateAuthority {
        guard FileManager.default.fileExists(atPath: folder + "/ca.key.pem") else {
            throw CommandFailure(.usage, "\(folder)/ca.key.pem is missing; lgsp pki init --dir \(folder) makes an authority")
        }
        do {
            return CertificateAuthority(
                certificate: try Certificate(pem: try FileRoot.bytes(of: folder + "/ca.crt.pem")),
                key: try PrivateKey(pem: try PrivateFile.read(folder + "/ca.key.pem")))
        } catch {
            throw CommandFailure(.integrity, "\(folder): \(error); put the authority's backup back")
        }
    }

    private static func validity(days: Int) -> Validity {
        .days(Int64(days), from: SystemClock().wallMilliseconds() / 1_000)
    }

    private static func isIdentity(_ uri: String) -> Bool {
        let parts = uri.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "urn" && parts[1] == "lgsp"
            && parts[2...].allSatisfy { part in
                !part.isEmpty
                    && part.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
            }
    }

    private static func makeFolder(_ path: String) throws(CommandFailure) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw CommandFailure(.unreachable, "\(path) cannot be made (\(error.localizedDescription)); choose a folder that may be written")
        }
    }

    private static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
        do {
            try PrivateFile.write(bytes, to: path)
        } catch {
            throw CommandFailure(.unreachable, "\(error); is there such a folder, and may it be written?")
        }
    }

    private static func certificates(_ folder: String, _ kind: String) throws -> [Certificate] {
        try FileRoot.files(below: folder + "/" + kind, suffix: ".crt.pem").sorted { $0.key < $1.key }.map {
            try Certificate(pem: $0.value)
        }
    }

    /// The list's number is its time: it must grow, also where a backup was put back.
    private static func writeRevocationList(_ authority: CertificateAuthority, _ folder: String) throws {
        let list = try authority.revocationList(
            revoked: try certificates(folder, "revoked"), number: SystemClock().wallMilliseconds() / 1_000,
            validity: validity(days: 365))
        try write(list, to: folder + "/ca.crl.pem")
    }

    private static func names(of certificate: Certificate) -> [String] {
        let names = certificate.names
        return names.uris + names.dns + names.addresses.map { $0.count == 4 ? $0.map { "\($0)" }.joined(separator: ".") : "IPv6" }
    }

    private static func document(_ certificate: Certificate, isRevoked: Bool) -> JSONValue {
        [
            "serial": .string(certificate.serial), "names": .array(names(of: certificate).map { .string($0) }),
            "validFrom": .string(Timestamp.text(certificate.validFromSeconds * 1_000)),
            "validUntil": .string(Timestamp.text(certificate.validUntilSeconds * 1_000)), "revoked": .bool(isRevoked),
        ]
    }
}
