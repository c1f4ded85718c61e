/// Reads the subset of YAML that a notebook's header uses, and refuses the rest by name.
///
/// Read: `key: value`, plain and quoted scalars, comments, lists on one line (`[a, b]`) or as `- `
/// items, block text (`|`, `>`, with `-` or `+`), and one nested level of keys.
struct FrontMatterParser {
  private let lines: ArraySlice<SourceLine>
  private var position: Int

  /// The header at the top of a file, and how many lines it takes; nil without one.
  ///
  /// `---` before a blank line is a rule across the page, not a header (as in Pandoc).
  static func parse(_ lines: [SourceLine]) throws -> (frontMatter: FrontMatter, lineCount: Int)? {
    guard let first = lines.first, first.opensHeader, lines.count > 1, !lines[1].isBlank else {
      return nil
    }
    guard let end = lines.dropFirst().firstIndex(where: \.closesHeader) else {
      throw NotebookError(
        .frontMatter, "the front matter is never closed; end it with a line ---", line: 1)
    }
    var parser = FrontMatterParser(lines: lines[1..<end], position: 1)
    let fields = try parser.fields(indentation: 0)
    let text = lines[...end].map { String($0.text) + $0.ending }.joined()
    return (try FrontMatter(fields: fields, originalText: text), end + 1)
  }

  /// The keys at one level, up to a line that stands further left.
  private mutating func fields(indentation: Int) throws -> [FrontMatter.Field] {
    var fields: [FrontMatter.Field] = []
    while let line = try nextLine(), line.indentation >= indentation {
      guard line.indentation == indentation else {
        throw error(
          "unexpected indentation; begin a text of several lines with > or put it in quotes", line)
      }
      let field = try field(line, isNested: indentation > 0)
      if let twin = fields.first(where: { $0.name == field.name }) {
        throw error("“\(field.name)” is given twice, first on line \(twin.line)", line)
      }
      fields.append(field)
    }
    return fields
  }

  private mutating func field(_ line: SourceLine, isNested: Bool) throws -> FrontMatter.Field {
    let text = line.trimmed
    let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
    let rest = text.dropFirst(name.count)
    guard let initial = name.first, initial != "-", rest.first == ":",
      rest.count == 1 || rest.dropFirst().first?.isWhitespace == true
    else { throw error("expected “key: value” but found “\(text)”", line) }
    position += 1
    let (value, comment) = try value(
      rest.dropFirst().trimmingSpaces, of: line, isNested: isNested)
    return FrontMatter.Field(name: String(name), value: value, comment: comment, line: line.number)
  }

  private mutating func value(
    _ text: Substring, of line: SourceLine, isNested: Bool
  ) throws -> (FrontMatter.FieldValue, String?) {
    guard let first = text.first, first != "#" else {
      return (try blockValue(below: line, isNested: isNested), text.isEmpty ? nil : comment(text))
    }
    if first == "|" || first == ">" {
      return (.scalar(try blockText(header: text, below: line)), nil)
    }
    var scanner = ScalarScanner(rest: text, line: line.number)
    let value: FrontMatter.FieldValue =
      first == "[" ? .list(try scanner.list()) : .scalar(try scanner.scalar(inList: false))
    return (value, try scanner.finalComment())
  }

  private func comment(_ text: Substring) -> String {
    String(text.drop { $0 == "#" }.trimmingSpaces)
  }

  /// What stands under a key without a value of its own: items, nested keys or nothing.
  private mutating func blockValue(
    below line: SourceLine, isNested: Bool
  ) throws -> FrontMatter.FieldValue {
    guard let next = try nextLine(), next.indentation >= line.indentation else { return .empty }
    if next.isListItem { return .list(try items(indentation: next.indentation)) }
    guard next.indentation > line.indentation else { return .empty }
    guard !isNested else {
      throw error("keys may be nested one level deep only; put “\(next.trimmed)” higher", next)
    }
    return .record(try fields(indentation: next.indentation))
  }

  private mutating func items(indentation: Int) throws -> [FrontMatter.Scalar] {
    var items: [FrontMatter.Scalar] = []
    while let line = try nextLine(), line.isListItem, line.indentation == indentation {
      let text = line.trimmed.dropFirst().trimmingSpaces
      var scanner = ScalarScanner(rest: text, line: line.number)
      items.append(try scanner.scalar(inList: false))
      _ = try scanner.finalComment()
      position += 1
    }
    return items
  }

  /// The next line that says something; `position` moves to it.
  private mutating func nextLine() throws -> SourceLine? {
    while position < lines.endIndex {
      let line = lines[position]
      if !line.isBlank && line.trimmed.first != "#" {
        if line.text.prefix(while: { $0 == " " || $0 == "\t" }).contains("\t") {
          throw error("a tab in the indentation; YAML allows spaces only", line)
        }
        return line
      }
      position += 1
    }
    return nil
  }

  private func error(_ message: String, _ line: SourceLine) -> NotebookError {
    NotebookError(.frontMatter, message, line: line.number)
  }
}

extension FrontMatterParser {
  /// Text behind `|` (lines kept) or `>` (lines folded), YAML 1.2 sections 8.1.2 and 8.1.3.
  private mutating func blockText(
    header: Substring, below line: SourceLine
  ) throws -> FrontMatter.Scalar {
    let marks = header.prefix { $0 != " " && $0 != "\t" }
    let behind = header.dropFirst(marks.count).trimmingSpaces
    guard ["|", "|-", "|+", ">", ">-", ">+"].contains(marks), behind.isEmpty || behind.first == "#"
    else { throw error("“\(header)” must be one of | |- |+ > >- >+ alone", line) }
    var body: [SourceLine] = []
    while position < lines.endIndex,
      lines[position].isBlank || lines[position].indentation > line.indentation
    {
      body.append(lines[position])
      position += 1
    }
    let blanks = body.reversed().prefix(while: \.isBlank).count
    body.removeLast(blanks)
    let indentation = body.first { !$0.isBlank }?.indentation ?? 0
    if let short = body.first(where: { !$0.isBlank && $0.indentation < indentation }) {
      throw error("this line stands further left than the first of its block", short)
    }
    let texts = body.map { $0.unindented(by: indentation) }
    let joined = marks.hasPrefix("|") ? texts.joined(separator: "\n") : folded(texts)
    return FrontMatter.Scalar(
      text: joined + ending(marks, blanks: blanks, isEmpty: body.isEmpty), isQuoted: true)
  }

  private func ending(_ marks: Substring, blanks: Int, isEmpty: Bool) -> String {
    if marks.hasSuffix("+") { return String(repeating: "\n", count: blanks + (isEmpty ? 0 : 1)) }
    return marks.hasSuffix("-") || isEmpty ? "" : "\n"
  }

  /// Joins neighbouring lines by a space; an empty line is a line end; indented lines stay.
  private func folded(_ lines: [Substring]) -> String {
    var text = ""
    var blanks = 0
    var previousIsText = false
    for line in lines {
      if line.trimmingSpaces.isEmpty {
        blanks += 1
        continue
      }
      let isText = line.first != " " && line.first != "\t"
      if !text.isEmpty {
        let folds = isText && previousIsText
        text +=
          folds && blanks == 0 ? " " : String(repeating: "\n", count: blanks + (folds ? 0 : 1))
      }
      text += line
      (blanks, previousIsText) = (0, isText)
    }
    return text
  }
}

extension SourceLine {
  fileprivate var opensHeader: Bool {
    (text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text).droppingTrailingSpaces == "---"
  }
  fileprivate var closesHeader: Bool {
    text.droppingTrailingSpaces == "---" || text.droppingTrailingSpaces == "..."
  }
  fileprivate var isListItem: Bool { trimmed == "-" || trimmed.hasPrefix("- ") }
}

extension Substring {
  fileprivate var droppingTrailingSpaces: Substring {
    var text = self
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}
