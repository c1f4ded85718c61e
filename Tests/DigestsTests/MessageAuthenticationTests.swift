import Digests
import Testing

struct MessageAuthenticationTests {
  /// RFC 4231, test cases 1, 2 and 6, and the empty key and message (Python's hmac).
  static let cases: [(key: [UInt8], message: String, code: String)] = [
    (
      [UInt8](repeating: 0x0b, count: 20), "Hi There",
      "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
    ),
    (
      Array("Jefe".utf8), "what do ya want for nothing?",
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ),
    (
      [UInt8](repeating: 0xaa, count: 131),
      "Test Using Larger Than Block-Size Key - Hash Key First",
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ),
    ([], "", "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad"),
  ]

  @Test("known codes, however the message is cut", arguments: cases.indices)
  func codes(index: Int) {
    let (key, message, code) = Self.cases[index]
    let bytes = Array(message.utf8)
    #expect(MessageAuthentication.hex(key: key, parts: [bytes]) == code)
    let half = bytes.count / 2
    let parts = [Array(bytes[..<half]), [], Array(bytes[half...])]
    #expect(MessageAuthentication.hex(key: key, parts: parts) == code)
  }
}
