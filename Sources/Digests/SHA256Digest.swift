public import Foundation

/// A SHA-256 digest (FIPS 180-4).
public struct SHA256Digest: Hashable, Sendable, CustomStringConvertible {
  /// The 32 bytes.
  public let bytes: [UInt8]

  init(bytes: [UInt8]) { self.bytes = bytes }

  /// 64 lower-case hexadecimal digits.
  public var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    let characters = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return String(decoding: characters, as: UTF8.self)
  }

  public var description: String { hex }

  /// The digest of a string's UTF-8 bytes.
  public static func of(_ string: String) -> SHA256Digest {
    var hasher = SHA256Hasher()
    hasher.update(string)
    return hasher.finalize()
  }

  /// The digest of a file's bytes, read in pieces of 1 MiB.
  /// - Throws: `DigestError` where the file cannot be read.
  public static func of(file: URL) throws -> SHA256Digest {
    var hasher = SHA256Hasher()
    try hasher.update(file: file)
    return hasher.finalize()
  }
}
