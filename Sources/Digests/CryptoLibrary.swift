import CCrypto

/// libcrypto's functions, loaded for the first digest: 5 MB that a start of the shell does without.
struct CryptoLibrary: @unchecked Sendable {
  /// Filled once and never changed or freed.
  let functions: UnsafePointer<ft_crypto>

  /// As with a library that is linked, nothing goes on where it is not installed.
  private static let loaded: CryptoLibrary = {
    let table = UnsafeMutablePointer<ft_crypto>.allocate(capacity: 1)
    if let reason = ft_crypto_load(table) {
      preconditionFailure("install libssl3: \(String(cString: reason))")
    }
    return CryptoLibrary(functions: UnsafePointer(table))
  }()

  static var functions: UnsafePointer<ft_crypto> { loaded.functions }
}
