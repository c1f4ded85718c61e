/// The lines of a small text file as ranges of bytes: no String is made for a number.
struct TextLines: Sequence {
  struct Line {
    /// 1-based.
    let number: Int
    /// Without the line end and surrounding white space.
    let bytes: ArraySlice<UInt8>

    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Split at white space and commas.
    var fields: [ArraySlice<UInt8>] { bytes.split { TextLines.isSpace($0) || $0 == 0x2C } }
  }

  let bytes: [UInt8]

  /// Skips a byte-order mark.
  init(_ bytes: [UInt8]) {
    let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    self.bytes = hasMark ? Array(bytes.dropFirst(3)) : bytes
  }

  /// All lines, empty ones too; ends of LF, CRLF and CR.
  func makeIterator() -> AnyIterator<Line> {
    var (position, number) = (0, 0)
    return AnyIterator {
      guard position < bytes.count else { return nil }
      var end = position
      while end < bytes.count, bytes[end] != 0x0A, bytes[end] != 0x0D { end += 1 }
      var slice = bytes[position..<end]
      while let last = slice.last, Self.isSpace(last) { slice.removeLast() }
      while let first = slice.first, Self.isSpace(first) { slice.removeFirst() }
      let isCRLF = end + 1 < bytes.count && bytes[end] == 0x0D && bytes[end + 1] == 0x0A
      position = end + (isCRLF ? 2 : 1)
      number += 1
      return Line(number: number, bytes: slice)
    }
  }

  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

  /// A finite decimal number, whatever the locale, or nil.
  static func real(_ field: ArraySlice<UInt8>) -> Float? {
    // Float's own reader would take hexadecimal numbers too.
    guard field.count < 64, !field.contains(where: { $0 | 0x20 == UInt8(ascii: "x") }),
      let value = Float(String(decoding: field, as: UTF8.self)),
      value.isFinite
    else { return nil }
    return value
  }

  /// A whole number, or nil.
  static func integer(_ field: ArraySlice<UInt8>) -> Int? {
    Int(String(decoding: field, as: UTF8.self))
  }
}
