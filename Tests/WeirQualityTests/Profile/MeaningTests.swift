import Testing

@testable import WeirQuality

@Suite("What values are, beyond their type")
struct MeaningTests {
    private func kind(_ values: [String], column: String = "x", family: TypeFamily = .text) -> Meaning.Kind? {
        MeaningDetector(column: column, values: values).find(family: family)?.kind
    }

    static let texts: [(Meaning.Kind, String, [String])] = [
        (.integer, "n", ["1", "-20", "300"]),
        (.decimal, "n", ["1.5", "-2", "3e4", ".5"]),
        (.boolean, "b", ["yes", "no"]),
        (.date, "d", ["2024-02-29", "1999-12-31"]),
        (.timestamp, "d", ["2024-02-29 10:00:00", "1999-12-31T23:59:59Z"]),
        (.time, "t", ["10:00", "23:59:59"]),
        (.uuid, "u", ["6f1c5a3e-0b1d-4c89-9d55-2a6b0f3e4d11", "00000000-0000-0000-0000-000000000000"]),
        (.email, "e", ["a@b.de", "first.last+tag@sub.example.co.uk", "björn@exämple.se"]),
        (.url, "u", ["https://example.com/a?b=c", "s3://bucket/key"]),
        (.ipv4, "i", ["10.0.0.1", "255.255.255.255"]),
        (.ipv6, "i", ["2001:db8::1", "fe80::1", "::1"]),
        (.mac, "m", ["00:1A:2B:3C:4D:5E", "aa-bb-cc-dd-ee-ff"]),
        (.iban, "i", ["DE89370400440532013000", "GB29 NWBK 6016 1331 9268 19", "FR1420041010050500013M02606"]),
        (.cardNumber, "card", ["4111111111111111", "5555 5555 5555 4444", "378282246310005"]),
        (.isbn, "isbn", ["978-3-16-148410-0", "0-306-40615-2"]),
        (.ean, "ean", ["4006381333931", "96385074"]),
        (.country, "c", ["DE", "FR", "US"]),
        (.country, "country", ["Germany", "France"]),
        (.country, "c", ["DEU", "FRA", "USA"]),
        (.currency, "currency", ["EUR", "USD"]),
        (.language, "lang", ["de", "en-US"]),
        (.phone, "p", ["+49 30 1234567", "(212) 555-1234"]),
        (.phone, "phone", ["030 1234567", "0171-2345678"]),
        (.usSocialSecurity, "s", ["123-45-6789", "001-01-0001"]),
        (.postalCode, "zip", ["01067", "10115"]),
        (.personName, "last_name", ["Müller", "O'Neill", "García López"]),
        (.hash, "h", ["d41d8cd98f00b204e9800998ecf8427e"]),
        (.json, "j", [#"{"a": 1}"#, "[1, 2]"]),
        (.latitude, "lat", ["52.5", "-33.9"]),
    ]

    @Test("is found from the values", arguments: texts)
    func found(kind: Meaning.Kind, column: String, values: [String]) {
        #expect(self.kind(values, column: column) == kind)
    }

    @Test(
        "dates in the ways of people are told apart, and impossible ones are none",
        arguments: [
            (["31.12.2024", "01.02.2024"], "%d.%m.%Y"), (["12/31/2024", "01/02/2024"], "%m/%d/%Y"),
            (["31/12/2024", "01/02/2024"], "%d/%m/%Y"), (["2024/12/31"], "%Y/%m/%d"),
        ])
    func dates(values: [String], format: String) {
        let meaning = MeaningDetector(column: "d", values: values).find(family: .text)
        #expect(meaning?.kind == .date)
        #expect(meaning?.format == format)
        #expect(kind(["2013-02-30", "2013-13-01", "2013-00-10"]) != .date)
    }

    @Test("random digits are no card numbers, accounts or articles", arguments: [8, 10, 12, 13, 14, 15, 16, 19])
    func randomDigits(length: Int) {
        var random = Seeded(state: UInt64(length) &* 0x9E37_79B9_7F4A_7C15)
        let values = (0..<2000).map { _ in
            String((0..<length).map { _ in Character(String(Int.random(in: 0...9, using: &random))) })
        }
        for column in ["x", "card_number", "iban", "ean"] {
            let found = kind(values, column: column)
            #expect(
                ![.cardNumber, .iban, .ean, .isbn, .usSocialSecurity].contains(found),
                "\(length) digits in \(column): \(found as Any)")
        }
    }

    @Test("a name alone decides nothing")
    func namesAlone() {
        #expect(kind(["hello", "world"], column: "email") == nil)
        #expect(kind(["1", "2"], column: "country") == .integer)
        #expect(kind(["flat", "house"], column: "flat") == nil)
        #expect(kind([], column: "email") == nil)
    }

    @Test("numbers with leading zeros stay text")
    func leadingZeros() { #expect(kind(["00123", "04567"]) == nil) }

    @Test("one broken value in twenty does not hide the meaning, one in two does")
    func shares() {
        let good = (0..<19).map { "user\($0)@example.com" }
        let meaning = MeaningDetector(column: "m", values: good + ["broken"]).find(family: .text)
        #expect(meaning?.kind == .email)
        #expect(meaning?.share == 0.95)
        #expect(kind(good.prefix(5) + ["a", "b", "c", "d", "e"]) == nil)
    }

    @Test("an example of personal data is masked, and keeps its shape")
    func masked() {
        #expect(Masking.mask("anna.smith@example.com") == "a•••.s••••@e••••••.c••")
        #expect(
            MeaningDetector(column: "m", values: ["anna@example.com"]).find(family: .text)?.example
                == "a•••@e••••••.c••")
    }

    private struct Seeded: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            var mixed = state
            mixed ^= mixed >> 33
            mixed = mixed &* 0xFF51_AFD7_ED55_8CCD
            return mixed ^ (mixed >> 33)
        }
    }
}
