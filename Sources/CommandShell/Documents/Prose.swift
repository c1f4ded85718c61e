/// Markdown between cells, whose `\( )` take values from the session.
struct Prose {
  private let source: SourceText

  init(text: String, name: String, firstLine: Int) {
    source = SourceText(name: name, text: text, firstLine: firstLine)
  }

  /// The text with the values in place; what stands in code (between backticks) is left alone.
  ///
  /// - Throws: `ShellError` with the place in the file, for a name that is not bound and the like.
  func filled(by session: Session) throws -> String {
    var result: [UInt8] = []
    let bytes = source.bytes
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "`"), let end = codeEnd(from: index) {
        result += bytes[index..<end]
        index = end
      } else if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count,
        bytes[index + 1] == UInt8(ascii: "(")
      {
        let (value, end) = try interpolation(at: index, session)
        result += Array(value.utf8)
        index = end
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Where a run of backticks is closed by as many; nil where it is not.
  private func codeEnd(from start: Int) -> Int? {
    let bytes = source.bytes
    let tick = UInt8(ascii: "`")
    var index = start
    while index < bytes.count, bytes[index] == tick { index += 1 }
    let length = index - start
    var run = 0
    while index < bytes.count {
      run = bytes[index] == tick ? run + 1 : 0
      index += 1
      if run == length, index == bytes.count || bytes[index] != tick { return index }
    }
    return nil
  }

  private func interpolation(at start: Int, _ session: Session) throws -> (String, end: Int) {
    do {
      let word = try Lexer.interpolation(in: source, at: start)
      var parser = try Parser(source, range: word) { CommandCatalog.command($0) != nil }
      let value = try session.text(of: [.expression(try parser.wholeExpression())])
      return (value, word.upper + 1)
    } catch {
      var failure = Session.shellError(error)
      if failure.source == nil { failure.source = source }
      if failure.range == nil { failure.range = SourceRange(start, start + 2) }
      throw failure
    }
  }
}
