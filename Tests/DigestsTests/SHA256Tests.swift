import Digests
import Foundation
import Testing

@Suite struct SHA256Tests {
  /// Examples of FIPS 180-4 (NIST's "SHA256.pdf") and of the NESSIE vectors.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func publishedVectors(text: String, hex: String) {
    #expect(SHA256Digest.of(text).hex == hex)
  }

  @Test func aMillionTimesA() {
    let digest = SHA256Digest.of(String(repeating: "a", count: 1_000_000))
    #expect(digest.hex == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test func piecesEqualTheWhole() {
    var hasher = SHA256Hasher()
    hasher.update("ab")
    hasher.update(AnySequence<UInt8>([0x63]))  // no contiguous storage
    #expect(hasher.finalize() == SHA256Digest.of("abc"))
  }

  @Test func aCopyGoesItsOwnWay() {
    var first = SHA256Hasher()
    first.update("a")
    var second = first
    second.update("bc")
    #expect(second.finalize() == SHA256Digest.of("abc"))
    #expect(first.finalize() == SHA256Digest.of("a"))
    first.update("b")
    #expect(first.finalize() == SHA256Digest.of("ab"))
  }

  @Test func aFileLongerThanOnePiece() throws {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    let text = String(repeating: "facet", count: 300_000)
    try Data(text.utf8).write(to: file)
    #expect(try SHA256Digest.of(file: file) == SHA256Digest.of(text))
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: DigestError.self) {
      try SHA256Digest.of(file: URL(fileURLWithPath: "/nowhere/at-all"))
    }
    #expect(error?.code == .unreadableFile)
    #expect(error?.message.contains("/nowhere/at-all") == true)
  }
}
