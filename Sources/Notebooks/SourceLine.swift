/// One line of a file: its text, the ending that follows it, and its number from 1.
struct SourceLine: Hashable {
  /// Without the line ending.
  let text: Substring
  /// `\n`, `\r\n`, `\r`, or nothing at the end of the file.
  let ending: Substring
  let number: Int

  /// Columns of leading white space; a tab reaches to the next multiple of four.
  var indentation: Int {
    var columns = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: " ") {
        columns += 1
      } else if byte == UInt8(ascii: "\t") {
        columns += 4 - columns % 4
      } else {
        break
      }
    }
    return columns
  }

  /// The text without white space at either end.
  var trimmed: Substring { text.trimmingSpaces }
  var isBlank: Bool { trimmed.isEmpty }

  /// Splits text into lines by CommonMark's endings. The lines put together again, endings
  /// included, are the text.
  ///
  /// Works on UTF-8, because `\r\n` is one `Character` and would hide its `\n`.
  static func split(_ text: String) -> [SourceLine] {
    var lines: [SourceLine] = []
    let bytes = text.utf8
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let stop = bytes[start...].firstIndex { $0 == 10 || $0 == 13 } ?? bytes.endIndex
      var next = stop
      if next < bytes.endIndex {
        let isReturn = bytes[next] == 13
        next = bytes.index(after: next)
        if isReturn, next < bytes.endIndex, bytes[next] == 10 { next = bytes.index(after: next) }
      }
      lines.append(
        SourceLine(text: text[start..<stop], ending: text[stop..<next], number: lines.count + 1))
      start = next
    }
    return lines
  }

  /// The text without up to `columns` of its indentation, as CommonMark takes the fence's own
  /// indentation from the lines of a block.
  func unindented(by columns: Int) -> Substring {
    var (rest, left) = (text, columns)
    while left > 0, rest.utf8.first == UInt8(ascii: " ") {
      rest = rest.dropFirst()
      left -= 1
    }
    return rest
  }
}

extension StringProtocol {
  /// Without spaces and tabs at either end.
  var trimmingSpaces: SubSequence {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" }
    guard let first = firstIndex(where: { !isSpace($0) }),
      let last = lastIndex(where: { !isSpace($0) })
    else { return self[startIndex..<startIndex] }
    return self[first...last]
  }
}
