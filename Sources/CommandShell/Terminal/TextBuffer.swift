/// Text being edited, and the cursor in it. Positions count characters as a person sees them.
struct TextBuffer: Hashable, Sendable {
  private(set) var characters: [Character]
  /// 0…count: the character that it stands before.
  private(set) var cursor: Int

  init(_ text: String = "") {
    characters = Array(Self.normalized(text))
    cursor = characters.count
  }

  var text: String { String(characters) }
  var count: Int { characters.count }
  var isEmpty: Bool { characters.isEmpty }
  var isAtEnd: Bool { cursor == count }

  func text(in range: Range<Int>) -> String { String(characters[range]) }

  mutating func move(to position: Int) { cursor = min(max(position, 0), count) }

  /// Puts text in place of a range; the cursor goes behind it.
  ///
  /// Characters are cut anew, because a mark joins the letter before it.
  mutating func replace(_ range: Range<Int>, with text: String) {
    let head = String(characters[..<range.lowerBound]) + Self.normalized(text)
    let whole = head + String(characters[range.upperBound...])
    let position = head.utf8.count
    characters = Array(whole)
    var (bytes, index) = (0, 0)
    while bytes < position, index < characters.count {
      bytes += characters[index].utf8.count
      index += 1
    }
    cursor = index
  }

  mutating func insert(_ text: String) { replace(cursor..<cursor, with: text) }

  /// `\r\n` and `\r` as `\n`; they would otherwise be characters of their own.
  private static func normalized(_ text: String) -> String {
    guard text.utf8.contains(0x0D) else { return text }
    return text.split(separator: /\r\n|\r/, omittingEmptySubsequences: false)
      .joined(separator: "\n")
  }
}

// MARK: Lines and words

extension TextBuffer {
  /// The line that holds a position, without its line end.
  func line(at position: Int) -> Range<Int> {
    let start = characters[..<position].lastIndex(of: "\n").map { $0 + 1 } ?? 0
    let end = characters[position...].firstIndex(of: "\n") ?? count
    return start..<end
  }

  var currentLine: Range<Int> { line(at: cursor) }
  var isOnFirstLine: Bool { currentLine.lowerBound == 0 }
  var isOnLastLine: Bool { currentLine.upperBound == count }

  /// The position one line up (-1) or down (1), in the same column where the line is long enough.
  func position(linesAway distance: Int, column: Int) -> Int? {
    let line = currentLine
    if distance < 0 {
      guard line.lowerBound > 0 else { return nil }
      let above = self.line(at: line.lowerBound - 1)
      return min(above.lowerBound + column, above.upperBound)
    }
    guard line.upperBound < count else { return nil }
    let below = self.line(at: line.upperBound + 1)
    return min(below.lowerBound + column, below.upperBound)
  }

  /// Where the word before a position begins. Words are letters, digits and `_`; `isWhole`
  /// takes everything up to white space.
  func wordStart(before position: Int, isWhole: Bool = false) -> Int {
    var start = position
    while start > 0, !isWord(characters[start - 1], isWhole) { start -= 1 }
    while start > 0, isWord(characters[start - 1], isWhole) { start -= 1 }
    return start
  }

  func wordEnd(after position: Int) -> Int {
    var end = position
    while end < count, !isWord(characters[end], false) { end += 1 }
    while end < count, isWord(characters[end], false) { end += 1 }
    return end
  }

  private func isWord(_ character: Character, _ isWhole: Bool) -> Bool {
    isWhole
      ? !character.isWhitespace : character.isLetter || character.isNumber || character == "_"
  }

  /// UTF-8 offset of a position.
  func offset(of position: Int) -> Int {
    characters[..<position].reduce(0) { $0 + $1.utf8.count }
  }

  /// The position of a UTF-8 offset; an offset inside a character means the character's end.
  func position(ofOffset offset: Int) -> Int {
    var (bytes, index) = (0, 0)
    while bytes < offset, index < count {
      bytes += characters[index].utf8.count
      index += 1
    }
    return index
  }

  /// The position of every UTF-8 offset from 0 to the text's length, as `position(ofOffset:)`.
  var positionsByOffset: [Int] {
    var positions = [0]
    for (index, character) in characters.enumerated() {
      for _ in character.utf8 { positions.append(index + 1) }
    }
    return positions
  }

  /// The bracket at the cursor or before it, and its partner. Brackets in strings and comments
  /// do not count.
  var bracketPair: (Int, Int)? {
    let brackets = codeBrackets
    for position in [cursor, cursor - 1] {
      guard let index = brackets.firstIndex(of: position) else { continue }
      return partner(of: index, in: brackets).map { (position, $0) }
    }
    return nil
  }

  private func partner(of index: Int, in brackets: [Int]) -> Int? {
    let opens = "([{".contains(characters[brackets[index]])
    let rest = opens ? Array(brackets[index...]) : brackets[...index].reversed()
    var stack: [Character] = []
    for position in rest {
      let character = characters[position]
      if "([{".contains(character) == opens {
        stack.append(character)
      } else {
        let open = stack.popLast()
        guard open.map({ Self.pairs[$0] == character }) == true else { return nil }
        if stack.isEmpty { return position }
      }
    }
    return nil
  }

  private static let pairs: [Character: Character] = [
    "(": ")", "[": "]", "{": "}", ")": "(", "]": "[", "}": "{",
  ]

  private var codeBrackets: [Int] {
    var found: [Int] = []
    var (index, isString) = (0, false)
    while index < count {
      let character = characters[index]
      if isString {
        if character == "\\" {
          index += 1
        } else if character == "\"" || character == "\n" {
          isString = false
        }
      } else if character == "\"" {
        isString = true
      } else if character == "/", index + 1 < count, characters[index + 1] == "/" {
        index = line(at: index).upperBound
      } else if Self.pairs[character] != nil {
        found.append(index)
      }
      index += 1
    }
    return found
  }
}
