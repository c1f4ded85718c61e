import CCrypto

/// HMAC-SHA256 (RFC 2104): who does not know the key can neither make nor change a message.
public enum MessageAuthentication {
  /// - Parameters: key: any length; parts: authenticated as one text, one after the other.
  /// - Returns: 64 hexadecimal digits, lower case.
  public static func hex(key: [UInt8], parts: [[UInt8]]) -> String {
    let message = parts.flatMap { $0 }
    var code = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    // An empty array has no address, which libcrypto takes for a wish to keep the last key.
    let keyBytes = key.isEmpty ? [0] : key
    let crypto = CryptoLibrary.functions
    let made = crypto.pointee.HMAC(
      crypto.pointee.EVP_sha256(), keyBytes, Int32(key.count), message, message.count, &code,
      &length)
    precondition(made != nil && length == 32, "libcrypto lacks memory for 32 bytes")
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: code.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
