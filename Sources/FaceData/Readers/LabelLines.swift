import Digests

/// A line of a label file.
struct LabelLine {
  /// 1-based.
  let number: Int
  /// Where it begins in the file.
  let offset: Int
  /// Bytes in the file, without the line end.
  let length: Int
  /// Without the line end and surrounding white space.
  let bytes: ArraySlice<UInt8>

  var text: String { bytes.text }

  /// Split at white space.
  var words: [ArraySlice<UInt8>] { bytes.split(whereSeparator: TextLines.isSpace) }

  /// Split at commas; a field may stand in double quotes, which may hold commas and, doubled,
  /// quotes.
  ///
  /// - Source: RFC 4180. Differs: white space round a field is dropped, and no field goes over the
  ///   end of its line.
  var fields: [ArraySlice<UInt8>] {
    var (fields, start, isQuoted): ([ArraySlice<UInt8>], Int, Bool) = ([], bytes.startIndex, false)
    for index in bytes.indices {
      switch bytes[index] {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted:
        fields.append(bytes[start..<index].unquoted)
        start = index + 1
      default: continue
      }
    }
    fields.append(bytes[start...].unquoted)
    return fields
  }
}

/// Reads label files of any length a line at a time.
enum LabelLines {
  /// The longest line that is taken for one: a row of FER2013 has 10,000 bytes.
  static let longest = 4 << 20
  private static let chunk = 1 << 20

  /// Calls `body` with each line, empty ones too; line ends are LF, CRLF or CR, and a byte-order
  /// mark is skipped.
  ///
  /// - Returns: the digest of the file.
  /// - Throws: `FaceDataError` `.unreadable`, `.brokenLabels` for a file that is no text in UTF-8
  ///   or ASCII, and whatever `body` throws.
  @discardableResult
  static func read(_ path: String, _ body: (LabelLine) throws -> Void) throws -> String {
    let file = try RandomAccessFile(path)
    var (hasher, position, number) = (SHA256Hasher(), 0, 0)
    var (pending, pendingStart): ([UInt8], Int) = ([], 0)
    while position < file.size {
      let bytes = try file.read(at: position, upTo: chunk)
      guard !bytes.isEmpty else { break }
      hasher.update(bytes)
      if position == 0 { pendingStart = try mark(bytes, path: path) }
      pending += position == 0 ? bytes[pendingStart...] : bytes[...]
      position += bytes.count
      let used = try cut(pending, at: pendingStart, &number, position == file.size, path, body)
      pending.removeFirst(used)
      pendingStart += used
      guard pending.count <= longest else {
        throw broken("the line has more than \(longest) bytes: this is no label file", number, path)
      }
    }
    return hasher.finalize().hex
  }

  /// Bytes of the byte-order mark.
  private static func mark(_ bytes: [UInt8], path: String) throws -> Int {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return 3 }
    if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      throw broken("the file is UTF-16; save it as UTF-8", 0, path)
    }
    return 0
  }

  /// Calls `body` with the whole lines of the buffer; the number of bytes used.
  private static func cut(
    _ buffer: [UInt8], at offset: Int, _ number: inout Int, _ isLast: Bool, _ path: String,
    _ body: (LabelLine) throws -> Void
  ) throws -> Int {
    var (start, end) = (0, 0)
    while start < buffer.count {
      while end < buffer.count, buffer[end] != 0x0A, buffer[end] != 0x0D {
        guard buffer[end] != 0 else {
          throw broken(
            "there is a zero byte: this is no text, or not in UTF-8; save it as UTF-8", number, path
          )
        }
        end += 1
      }
      // A carriage return at the very end may be half of a CRLF.
      guard end + 1 < buffer.count || isLast else { return start }
      number += 1
      try body(
        LabelLine(
          number: number, offset: offset + start, length: end - start,
          bytes: buffer[start..<end].trimmed))
      let isPair = end + 1 < buffer.count && buffer[end] == 0x0D && buffer[end + 1] == 0x0A
      start = min(buffer.count, end + (isPair ? 2 : 1))
      end = start
    }
    return start
  }

  private static func broken(_ reason: String, _ number: Int, _ path: String) -> FaceDataError {
    FaceDataError(.brokenLabels, reason, path: path, line: number + 1)
  }
}

extension ArraySlice<UInt8> {
  var text: String { String(decoding: self, as: UTF8.self) }

  /// Without white space at both ends.
  var trimmed: ArraySlice<UInt8> {
    var slice = self
    while let last = slice.last, TextLines.isSpace(last) { slice.removeLast() }
    while let first = slice.first, TextLines.isSpace(first) { slice.removeFirst() }
    return slice
  }

  /// The content of a CSV field.
  fileprivate var unquoted: ArraySlice<UInt8> {
    let field = trimmed
    let quote = UInt8(ascii: "\"")
    guard field.count >= 2, field.first == quote, field.last == quote else { return field }
    let inner = field.dropFirst().dropLast()
    guard inner.contains(quote) else { return inner.trimmed }
    return ArraySlice(inner.text.replacing("\"\"", with: "\"").utf8)
  }

  /// A whole decimal number, or nil; without a String for it.
  var wholeNumber: Int? {
    let isNegative = first == UInt8(ascii: "-")
    let digits = isNegative || first == UInt8(ascii: "+") ? dropFirst() : self
    guard !digits.isEmpty, digits.count <= 18 else { return nil }
    var value = 0
    for byte in digits {
      guard (0x30...0x39).contains(byte) else { return nil }
      value = value * 10 + Int(byte - 0x30)
    }
    return isNegative ? -value : value
  }

  /// A whole number, also written as "3.0" or "3.0000000e+00", as spreadsheets and MATLAB do.
  var roundNumber: Int? {
    if let wholeNumber { return wholeNumber }
    guard let value = TextLines.real(self), abs(value) < 1e6, value == value.rounded() else {
      return nil
    }
    return Int(value)
  }

  /// A finite number, or nil.
  var real: Float? { TextLines.real(self) }
}
