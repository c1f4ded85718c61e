/// The outermost elements of a MATLAB 5 file, walked before libmatio sees it.
///
/// libmatio reads what is there and leaves the rest of a short variable at zero; a file that is cut
/// off must be an error instead. Compressed elements carry zlib's own checksum.
/// - Source: MathWorks, "MAT-File Format", 2023, level 5.
enum MatStructure {
  /// - Throws: `FaceDataError` `.brokenLabels`.
  static func check(path: String) throws {
    let bytes = try FileBytes.read(path)
    guard bytes.count > 128 else { throw broken("it ends after the header", path) }
    let isLittle = bytes[126] == UInt8(ascii: "I") && bytes[127] == UInt8(ascii: "M")
    guard isLittle || (bytes[126] == UInt8(ascii: "M") && bytes[127] == UInt8(ascii: "I")) else {
      throw broken("its header has no byte order", path)
    }
    var position = 128
    while position < bytes.count {
      guard position + 8 <= bytes.count else { throw broken("it is cut off", path) }
      let type = word(bytes, position, isLittle)
      let length = word(bytes, position + 4, isLittle)
      guard type == 14 || type == 15 else {
        throw broken("the element at byte \(position) is of type \(type)", path)
      }
      guard length <= bytes.count - position - 8 else {
        throw broken(
          "the element at byte \(position) has \(length) bytes, and "
            + "\(bytes.count - position - 8) follow", path)
      }
      position += 8 + length
    }
  }

  private static func word(_ bytes: [UInt8], _ position: Int, _ isLittle: Bool) -> Int {
    (0..<4).reduce(0) { value, index in
      value | Int(bytes[position + index]) << (8 * (isLittle ? index : 3 - index))
    }
  }

  private static func broken(_ reason: String, _ path: String) -> FaceDataError {
    FaceDataError(
      .brokenLabels, "broken MATLAB file: \(reason); fetch it again or remove it", path: path)
  }
}
