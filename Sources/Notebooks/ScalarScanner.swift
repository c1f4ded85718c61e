/// Reads the scalars of one line of front matter.
struct ScalarScanner {
  private(set) var rest: Substring
  let line: Int

  /// `[a, "b, c", 10%]`
  mutating func list() throws -> [FrontMatter.Scalar] {
    var items: [FrontMatter.Scalar] = []
    rest = rest.dropFirst()
    while true {
      rest = rest.trimmingSpaces
      guard let first = rest.first else {
        throw error("the list is not closed on its line; close it with ] or write “- ” items")
      }
      if first == "]" {
        rest = rest.dropFirst()
        return items
      }
      items.append(try scalar(inList: true))
      rest = rest.trimmingSpaces
      if rest.first == "," {
        rest = rest.dropFirst()
      } else if rest.first != "]", !rest.isEmpty {
        throw error("expected , or ] before “\(rest)”")
      }
    }
  }

  mutating func scalar(inList: Bool) throws -> FrontMatter.Scalar {
    switch rest.first {
    case "\"": FrontMatter.Scalar(text: try doubleQuoted(), isQuoted: true)
    case "'": FrontMatter.Scalar(text: try singleQuoted(), isQuoted: true)
    default: FrontMatter.Scalar(text: try plain(inList: inList), isQuoted: false)
    }
  }

  /// Checks that nothing but a comment is left, and returns its text.
  mutating func finalComment() throws -> String? {
    let text = rest.trimmingSpaces
    guard let first = text.first else { return nil }
    guard first == "#", rest.first != "#" else {
      throw error("“\(text)” behind the value; put the whole value in quotes")
    }
    return String(text.drop { $0 == "#" }.trimmingSpaces)
  }

  private mutating func plain(inList: Bool) throws -> String {
    try refuseIndicators(inList: inList)
    var text = Substring()
    var end = rest.startIndex
    while end < rest.endIndex {
      let character = rest[end]
      if inList && ",]".contains(character) || rest[end...].beginsComment { break }
      if inList && "[{}".contains(character) {
        throw error("“\(character)” in a list; put the item in quotes (nested lists are not read)")
      }
      end = rest.index(after: end)
      text = rest[..<end]
    }
    rest = rest[end...]
    let trimmed = text.trimmingSpaces
    if trimmed.contains(": ") || trimmed.hasSuffix(":") {
      throw error("a colon in “\(trimmed)”; put the value in quotes")
    }
    return String(trimmed)
  }

  /// What YAML gives a meaning that notebooks do not use must not pass as text.
  private func refuseIndicators(inList: Bool) throws {
    guard let first = rest.first else { throw error("a value is missing here; “” is empty text") }
    let meanings: [Character: String] = [
      "&": "an anchor", "*": "an alias", "!": "a tag", "{": "a record in braces",
      "[": "a nested list", "}": "a closing brace", "]": "a closing bracket",
      "|": "block text", ">": "block text", "%": "a directive", "@": "reserved",
      "`": "reserved", ",": "a separator",
    ]
    let next = rest.dropFirst().first
    if let meaning = meanings[first] {
      throw error(
        "“\(first)” at the start of a value is \(meaning) in YAML, which notebooks do "
          + "not read; put the value in quotes")
    }
    if "-?:".contains(first), next == nil || next == " " {
      throw error("“\(first)” at the start of a value is not read here; put the value in quotes")
    }
  }

  private mutating func singleQuoted() throws -> String {
    var text = ""
    rest = rest.dropFirst()
    while let character = rest.popFirst() {
      guard character == "'" else {
        text.append(character)
        continue
      }
      guard rest.first == "'" else { return text }
      rest = rest.dropFirst()
      text.append("'")
    }
    throw error("the quotation mark ' is never closed on its line")
  }

  private mutating func doubleQuoted() throws -> String {
    var text = ""
    rest = rest.dropFirst()
    while let character = rest.popFirst() {
      switch character {
      case "\"": return text
      case "\\": text += String(try escape())
      default: text.append(character)
      }
    }
    throw error("the quotation mark \" is never closed on its line")
  }

  private mutating func escape() throws -> Character {
    guard let name = rest.popFirst() else { throw error("a lone \\ at the end; write \\\\") }
    let simple: [Character: Character] = [
      "n": "\n", "t": "\t", "r": "\r", "\"": "\"", "\\": "\\", "/": "/",
    ]
    if let character = simple[name] { return character }
    let lengths: [Character: Int] = ["x": 2, "u": 4, "U": 8]
    guard let length = lengths[name] else {
      throw error("unknown escape \\\(name); known are \\n \\t \\r \\\" \\\\ \\/ \\x \\u \\U")
    }
    let digits = rest.prefix(length)
    guard digits.count == length, digits.allSatisfy(\.isHexDigit),
      let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
    else { throw error("\\\(name)\(digits) is no character; write \(length) hexadecimal digits") }
    rest = rest.dropFirst(length)
    return Character(scalar)
  }

  private func error(_ message: String) -> NotebookError {
    NotebookError(.frontMatter, message, line: line)
  }
}

extension Substring {
  /// White space and `#`: what follows is a comment.
  fileprivate var beginsComment: Bool {
    (first == " " || first == "\t") && trimmingSpaces.first == "#"
  }
}
