public import Foundation

extension Notebook {
  /// Reads a notebook from its text.
  ///
  /// Fences follow CommonMark (backticks or tildes, three or more, indented by at most three
  /// columns; closed by at least as many of the same); blocks of other languages stay prose, and
  /// so does what an HTML comment encloses. Unlike CommonMark, a fence that is never closed is
  /// an error: it would silently swallow the cells behind it.
  /// - Parameters: text: the file's text; path: where it came from, for messages.
  /// - Throws: `NotebookError` with the line at fault.
  public init(parsing text: String, path: String? = nil) throws {
    do {
      let lines = SourceLine.split(text)
      let header = try FrontMatterParser.parse(lines)
      var parser = SegmentParser(lines: lines[(header?.lineCount ?? 0)...])
      let segments = try parser.parse()
      self.init(frontMatter: header?.frontMatter ?? FrontMatter(), segments: segments, path: path)
    } catch let error as NotebookError {
      throw error.at(path: path)
    }
  }

  /// Reads a notebook from a file of UTF-8 text.
  /// - Throws: `NotebookError` with `.unreadable` when there is no such file or it is not text.
  public init(contentsOf file: URL) throws {
    let path = file.relativePath
    let data: Data
    do {
      data = try Data(contentsOf: file)
    } catch {
      let reason = (error as NSError).localizedDescription
      throw NotebookError(
        .unreadable, "cannot read the notebook: \(reason) Check the path.", path: path)
    }
    guard let text = String(validating: data, as: UTF8.self), !text.utf8.contains(0) else {
      let valid = data.firstInvalidLine
      throw NotebookError(
        .unreadable, "this is not UTF-8 text; save the file as UTF-8", path: path, line: valid)
    }
    try self.init(parsing: text, path: path)
  }
}

extension Data {
  /// The line, from 1, that holds the first NUL or the first byte that is not UTF-8.
  fileprivate var firstInvalidLine: Int? {
    let lines = split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let bad = lines.firstIndex { $0.contains(0) || String(validating: $0, as: UTF8.self) == nil }
    return bad.map { $0 + 1 }
  }
}

/// Cuts the lines behind the front matter into prose and cells.
struct SegmentParser {
  let lines: ArraySlice<SourceLine>
  private var segments: [Notebook.Segment] = []
  private var prose: [SourceLine] = []
  private var position: Int

  init(lines: ArraySlice<SourceLine>) {
    (self.lines, self.position) = (lines, lines.startIndex)
  }

  mutating func parse() throws -> [Notebook.Segment] {
    while position < lines.endIndex {
      let line = lines[position]
      if let fence = Fence(opening: line) {
        try take(fence)
      } else if let end = HTMLBlock(opening: line) {
        takeHTML(end)
      } else {
        prose.append(line)
        position += 1
      }
    }
    flushProse()
    return segments
  }

  private mutating func take(_ fence: Fence) throws {
    let block = lines[(position + 1)...]
    guard let end = block.firstIndex(where: fence.isClosed(by:)) else {
      let marker = String(repeating: fence.character, count: fence.length)
      throw NotebookError(
        .fence, "the code fence \(marker)\(fence.info) is never closed; add a line \(marker)",
        line: lines[position].number)
    }
    if fence.isCell {
      flushProse()
      try segments.append(.cell(cell(fence, from: position, to: end)))
    } else {
      prose += lines[position...end]
    }
    position = end + 1
  }

  private func cell(_ fence: Fence, from start: Int, to end: Int) throws -> Cell {
    let body = lines[(start + 1)..<end]
    let source = body.map { String($0.unindented(by: fence.indentation)) }.joined(separator: "\n")
    let attributes = try AttributeParser.parse(fence.attributeText, line: lines[start].number)
    let original = Cell.Original(
      text: lines[start...end].map { String($0.text) + $0.ending }.joined(),
      attributes: attributes, source: source, lineEnding: String(lines[start].ending))
    return Cell(
      source: source, attributes: attributes, firstLine: lines[start].number + 1,
      original: original)
  }

  private mutating func takeHTML(_ block: HTMLBlock) {
    var isOpen = true
    while isOpen, position < lines.endIndex {
      isOpen = !block.isClosed(by: lines[position])
      prose.append(lines[position])
      position += 1
    }
  }

  private mutating func flushProse() {
    guard let first = prose.first, let last = prose.last else { return }
    let markdown = prose.map { String($0.text) + $0.ending }.joined()
    segments.append(.prose(markdown: markdown, lines: first.number...last.number))
    prose = []
  }
}
