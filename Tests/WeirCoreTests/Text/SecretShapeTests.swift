import Testing
import WeirCore

@Suite("Texts that hold a secret")
struct SecretShapeTests {
    @Test(
        "are told by its shape",
        arguments: [
            "the key is sk-ant-api03-AbCdEf0123456789AbCdEf", "use AKIAIOSFODNN7EXAMPLE for uploads",
            "token ghp_0123456789abcdefghijABCDEFGHIJ012345", "postgres://weir:hunter2@db/shop is the source",
            "password=hunter2", "set api_key: 12ab34cd", "-----BEGIN OPENSSH PRIVATE KEY-----",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N", "xoxb-1234567890-abcdef",
            "Bearer a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6", "key=AIzaSyA1234567890abcdefghijklmnopqrstuv",
            "glpat-a1b2c3d4e5f6g7h8i9j0",
        ])
    func found(text: String) { #expect(SecretShape.found(in: text) != nil) }

    @Test(
        "are not taken for one where they only speak of it",
        arguments: [
            "Use composite indexes for multi-column queries", "password=${DB_PASSWORD} comes from the environment",
            "orders.customer_id is the foreign key", "API keys live in weir.yaml as ${SHOP_KEY}",
            "Primary key: order_id", "https://example.com/docs/pools explains it", "Count tokens before a batch",
            "sk-learn pipelines are too slow here", "eyJ is how a web token begins",
            "mart_customer_lifetime_value_by_segment_and_region is slow", "", "é🇳🇴 日本語",
        ])
    func apart(text: String) { #expect(SecretShape.found(in: text) == nil, "\(SecretShape.found(in: text) ?? "")") }
}
