/// A half-open range of UTF-8 offsets in a `SourceText`.
public struct SourceRange: Hashable, Sendable {
  public var lower: Int
  public var upper: Int

  public init(_ lower: Int, _ upper: Int) {
    (self.lower, self.upper) = (lower, max(lower, upper))
  }

  /// The least range that holds both.
  func joined(_ other: SourceRange) -> SourceRange {
    SourceRange(min(lower, other.lower), max(upper, other.upper))
  }
}

/// A text in facet's language, with the name and the line that it has in the file it came from.
public final class SourceText: Sendable {
  /// `In[3]`, or a file's path as the user gave it.
  public let name: String
  public let text: String
  let bytes: [UInt8]
  /// Number of the text's first line in its file; 1 for a whole file.
  public let firstLine: Int
  /// UTF-8 offsets at which the lines start.
  private let lineStarts: [Int]

  public init(name: String, text: String, firstLine: Int = 1) {
    (self.name, self.text, self.firstLine) = (name, text, firstLine)
    let bytes = Array(text.utf8)
    self.bytes = bytes
    lineStarts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
  }

  /// Line and column, both from 1, columns in characters.
  public func position(of offset: Int) -> (line: Int, column: Int) {
    let line = lineIndex(of: offset)
    let before = string(SourceRange(lineStarts[line], min(offset, bytes.count)))
    return (line + firstLine, before.count + 1)
  }

  /// The text in a range; broken UTF-8 at its ends is mended.
  func string(_ range: SourceRange) -> String {
    let lower = min(max(0, range.lower), bytes.count)
    return String(decoding: bytes[lower..<min(max(lower, range.upper), bytes.count)], as: UTF8.self)
  }

  /// The line that holds an offset: its number in the file, its text and where it starts.
  func line(containing offset: Int) -> (number: Int, text: String, start: Int) {
    let index = lineIndex(of: offset)
    var end = index + 1 < lineStarts.count ? lineStarts[index + 1] - 1 : bytes.count
    if end > lineStarts[index], bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return (index + firstLine, string(SourceRange(lineStarts[index], end)), lineStarts[index])
  }

  private func lineIndex(of offset: Int) -> Int {
    (lineStarts.firstIndex { $0 > offset } ?? lineStarts.count) - 1
  }
}
