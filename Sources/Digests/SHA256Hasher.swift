import CCrypto
public import Foundation

/// Computes a SHA-256 digest piece by piece. A copy goes its own way (value semantics).
public struct SHA256Hasher {
  private var context: DigestContext

  public init() { context = DigestContext() }

  /// Adds bytes.
  public mutating func update(_ bytes: some Sequence<UInt8>) {
    makeUnique()
    let added: Void? = bytes.withContiguousStorageIfAvailable {
      context.update(UnsafeRawBufferPointer($0))
    }
    guard added == nil else { return }
    Array(bytes).withUnsafeBytes { context.update($0) }
  }

  /// Adds a string's UTF-8 bytes.
  public mutating func update(_ string: String) { update(string.utf8) }

  /// Adds a file's bytes, read in pieces of 1 MiB.
  /// - Throws: `DigestError` where the file cannot be read; pieces read before stay added.
  public mutating func update(file: URL) throws {
    do {
      let handle = try FileHandle(forReadingFrom: file)
      defer { try? handle.close() }
      while let piece = try handle.read(upToCount: 1 << 20), !piece.isEmpty { update(piece) }
    } catch {
      throw DigestError(
        code: .unreadableFile,
        message: "Cannot read \(file.path): \(error.localizedDescription). "
          + "Check that it exists, is a file and may be read.",
        context: file.path)
    }
  }

  /// The digest of everything added so far; more may be added afterwards.
  public func finalize() -> SHA256Digest { context.copy().finish() }

  private mutating func makeUnique() {
    if !isKnownUniquelyReferenced(&context) { context = context.copy() }
  }
}

/// Owns one EVP_MD_CTX. libcrypto's calls fail here only for want of memory, where nothing can go
/// on: hence preconditions.
private final class DigestContext {
  private let handle: OpaquePointer
  private let crypto = CryptoLibrary.functions

  init() {
    guard let handle = crypto.pointee.EVP_MD_CTX_new(),
      crypto.pointee.EVP_DigestInit_ex(handle, crypto.pointee.EVP_sha256(), nil) == 1
    else {
      preconditionFailure("libcrypto cannot make a SHA-256 context")
    }
    self.handle = handle
  }

  deinit { crypto.pointee.EVP_MD_CTX_free(handle) }

  func copy() -> DigestContext {
    let copy = DigestContext()
    let status = crypto.pointee.EVP_MD_CTX_copy_ex(copy.handle, handle)
    precondition(status == 1, "libcrypto cannot copy a SHA-256 context")
    return copy
  }

  func update(_ bytes: UnsafeRawBufferPointer) {
    let status = crypto.pointee.EVP_DigestUpdate(handle, bytes.baseAddress, bytes.count)
    precondition(status == 1, "libcrypto cannot add to a SHA-256 context")
  }

  func finish() -> SHA256Digest {
    var bytes = [UInt8](repeating: 0, count: 32)
    let status = crypto.pointee.EVP_DigestFinal_ex(handle, &bytes, nil)
    precondition(status == 1, "libcrypto cannot finish a SHA-256 context")
    return SHA256Digest(bytes: bytes)
  }
}
