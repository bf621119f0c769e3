/// Integers of any length, as DuckDB's BIGNUM stores them.
enum BigNumber {
    /// Decimal digits of a stored number: three bytes of sign and length, then the magnitude, most significant
    /// byte first. Negative numbers have every bit flipped, so that they sort as bytes.
    static func text(_ bytes: UnsafeRawBufferPointer) -> String {
        guard let first = bytes.first, bytes.count > 3 else { return "0" }
        let isNegative = first & 0x80 == 0
        // Nine decimal digits a word, least significant word first.
        var words: [UInt64] = [0]
        for byte in bytes.dropFirst(3) {
            var carry = UInt64(isNegative ? ~byte : byte)
            for index in words.indices {
                let value = words[index] << 8 + carry
                words[index] = value % 1_000_000_000
                carry = value / 1_000_000_000
            }
            if carry > 0 { words.append(carry) }
        }
        let digits =
            String(words[words.count - 1])
            + words.dropLast().reversed().map { String($0).leftPaddedWithZeros(9) }.joined()
        return isNegative ? "-" + digits : digits
    }
}
