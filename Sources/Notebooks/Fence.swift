/// The opening line of a fenced code block (CommonMark 0.31, section 4.5).
struct Fence {
  let character: Character
  let length: Int
  /// Columns, 0…3.
  let indentation: Int
  /// Behind the fence, trimmed: language and attributes.
  let info: Substring

  init?(opening line: SourceLine) {
    guard line.indentation <= 3 else { return nil }
    let text = line.text.trimmingSpaces
    guard let first = text.first, first == "`" || first == "~" else { return nil }
    let length = text.prefix { $0 == first }.count
    let info = text.dropFirst(length).trimmingSpaces
    // A backtick in the info string makes it inline code, not a block.
    guard length >= 3, !(first == "`" && info.contains("`")) else { return nil }
    (self.character, self.length, self.info) = (first, length, info)
    self.indentation = line.indentation
  }

  func isClosed(by line: SourceLine) -> Bool {
    let text = line.trimmed
    return line.indentation <= 3 && text.count >= length && text.allSatisfy { $0 == character }
  }

  var isCell: Bool { language == Notebook.cellLanguage }
  var language: Substring { info.prefix { !$0.isWhitespace } }
  var attributeText: Substring { info.dropFirst(language.count).trimmingSpaces }
}

/// HTML in which a fence is no fence: comments, and elements with raw text. A cell is switched
/// off by a comment around it (CommonMark 0.31, section 4.6, kinds 1 and 2).
struct HTMLBlock {
  private let ends: [String]

  init?(opening line: SourceLine) {
    guard line.indentation <= 3 else { return nil }
    let text = line.trimmed.lowercased()
    if text.hasPrefix("<!--") {
      ends = ["-->"]
      return
    }
    let names = ["script", "pre", "style", "textarea"]
    let opens = names.contains { name in
      guard text.hasPrefix("<\(name)") else { return false }
      let next = text.dropFirst(name.count + 1).first
      return next == nil || next == ">" || next == " " || next == "\t"
    }
    guard opens else { return nil }
    ends = names.map { "</\($0)>" }
  }

  func isClosed(by line: SourceLine) -> Bool {
    let text = line.text.lowercased()
    return ends.contains { text.contains($0) }
  }
}

/// Reads `echo label=fig-loss caption="Loss by epoch"`.
struct AttributeParser {
  private var rest: Substring
  private let line: Int

  static func parse(_ text: Substring, line: Int) throws -> [CellAttribute] {
    var parser = AttributeParser(rest: text, line: line)
    var attributes: [CellAttribute] = []
    while let attribute = try parser.next() {
      guard !attributes.contains(where: { $0.name == attribute.name }) else {
        throw parser.error("the cell attribute “\(attribute.name)” is given twice; keep one")
      }
      attributes.append(attribute)
    }
    return attributes
  }

  private mutating func next() throws -> CellAttribute? {
    rest = rest.trimmingSpaces
    guard !rest.isEmpty else { return nil }
    let name = rest.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    rest = rest.dropFirst(name.count)
    guard !name.isEmpty, rest.isEmpty || "= \t".contains(rest.prefix(1)) else {
      throw error(
        "“\(rest)” is no cell attribute; write name or name=value, values with spaces "
          + "in double quotes")
    }
    guard rest.first == "=" else { return CellAttribute(name: String(name)) }
    rest = rest.dropFirst()
    return CellAttribute(name: String(name), value: try value(of: name))
  }

  private mutating func value(of name: Substring) throws -> String {
    guard rest.first == "\"" else {
      let word = rest.prefix { $0 != " " && $0 != "\t" }
      guard !word.isEmpty, !word.contains("\"") else {
        throw error(
          "the cell attribute “\(name)=” needs a value, in double quotes if it has spaces")
      }
      rest = rest.dropFirst(word.count)
      return String(word)
    }
    var text = ""
    rest = rest.dropFirst()
    while let character = rest.popFirst() {
      if character == "\"" { return text }
      if character == "\\", let escaped = rest.popFirst() {
        text.append(["n": "\n", "r": "\r", "t": "\t"][escaped] ?? escaped)
      } else {
        text.append(character)
      }
    }
    throw error("the value of the cell attribute “\(name)” has no closing quotation mark")
  }

  private func error(_ message: String) -> NotebookError {
    NotebookError(.fence, message, line: line)
  }
}
