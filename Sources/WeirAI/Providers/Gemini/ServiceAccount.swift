internal import CryptoExtras
import Foundation
import WeirCore

/// A Google service account: signs a statement about itself and gets a token for an hour.
///
/// One refresh serves all who wait. The token is renewed a minute before it ends.
actor ServiceAccount {
    /// What a key file holds.
    struct Key: Sendable {
        let email: String
        let privateKey: Secret
        let keyID: String
        let tokenURL: String
        let project: String?

        /// - Throws: `ai.credentials` when the file is none of a service account.
        init(json text: String, path: String) throws {
            guard let file = JSONValue(parsing: text), let email = file["client_email"]?.text,
                let key = file["private_key"]?.text
            else {
                throw WeirError(
                    "ai.credentials", "\(path) is no key file of a Google service account",
                    hint: "it is JSON with `client_email` and `private_key`; make one in the Google Cloud console")
            }
            self.email = email
            privateKey = Secret(key)
            keyID = file["private_key_id"]?.text ?? ""
            tokenURL = file["token_uri"]?.text ?? "https://oauth2.googleapis.com/token"
            project = file["project_id"]?.text
        }
    }

    private let key: Key
    private let exchanger: any Exchanger
    private let now: @Sendable () -> Date
    private var token: (secret: Secret, until: Date)?
    private var refresh: Task<Secret, any Error>?

    init(key: Key, exchanger: any Exchanger, now: @escaping @Sendable () -> Date) {
        self.key = key
        self.exchanger = exchanger
        self.now = now
    }

    /// A token that is good for a minute at least.
    func bearer() async throws -> Secret {
        if let token, token.until.timeIntervalSince(now()) > 60 { return token.secret }
        if let refresh { return try await refresh.value }
        let task = Task { try await fetch() }
        refresh = task
        defer { refresh = nil }
        return try await task.value
    }

    /// Forgets a token that was refused.
    func forget(_ refused: Secret) {
        if token?.secret == refused { token = nil }
    }

    private func fetch() async throws -> Secret {
        let statement = try assertion(at: now())
        let form = "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(statement)"
        let request = WireRequest(
            url: key.tokenURL, headers: ["content-type": "application/x-www-form-urlencoded"], body: Array(form.utf8))
        let reply = try await exchanger.reply(to: request, timeout: .seconds(30), limit: 1 << 20)
        let body = JSONValue(parsing: reply.body)
        guard reply.head.status == 200, let text = body?["access_token"]?.text else {
            let said = body?["error_description"]?.text ?? body?["error"]?.text ?? "status \(reply.head.status)"
            var fault = AIFault(
                reply.head.status >= 500 ? .server : .unauthorized, "Google gives no token: \(said)",
                status: reply.head.status)
            fault.providerCode = body?["error"]?.text
            if fault.providerCode == "invalid_grant" {
                fault.message += " (often this machine's clock is wrong: it says \(UTC.text(now())))"
            }
            throw fault
        }
        let seconds = body?["expires_in"]?.number ?? 3600
        let secret = Secret(text)
        token = (secret, now().addingTimeInterval(seconds))
        return secret
    }

    /// A JSON Web Token of RFC 7523, signed with RS256.
    func assertion(at date: Date) throws -> String {
        let issued = Int64(date.timeIntervalSince1970)
        let header: JSONValue = ["alg": "RS256", "typ": "JWT", "kid": .string(key.keyID)]
        let claims: JSONValue = [
            "iss": .string(key.email), "scope": "https://www.googleapis.com/auth/cloud-platform",
            "aud": .string(key.tokenURL), "iat": .int(issued), "exp": .int(issued + 3600),
        ]
        let signed = "\(Base64.encodeForURL(header.bytes)).\(Base64.encodeForURL(claims.bytes))"
        do {
            let signer = try _RSA.Signing.PrivateKey(pemRepresentation: key.privateKey.reveal())
            let signature = try signer.signature(for: Data(signed.utf8), padding: .insecurePKCS1v1_5)
            return "\(signed).\(Base64.encodeForURL(signature.rawRepresentation))"
        } catch {
            // The reason may quote the key.
            throw WeirError(
                "ai.credentials", "the private key of \(key.email) cannot be used",
                hint: "it must be an RSA key in PEM, as Google's key file holds it")
        }
    }
}
