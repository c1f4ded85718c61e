import Testing

@testable import CommandShell

struct DiagnosticTests {
  static func message(_ text: String, name: String = "cell", firstLine: Int = 1) -> String {
    do {
      _ = try SyntaxPrinter.print(text)
      return "no error"
    } catch let error as ShellError {
      return DiagnosticRenderer(isStyled: false).render(error)
    } catch {
      return "another error: \(error)"
    }
  }

  /// The code, the underlined text and what was expected of each error that the text itself has.
  static let faults: [(text: String, code: ShellError.Code, marked: String)] = [
    ("print 'a'", .unexpectedCharacter, "'"), ("print “a”", .unexpectedCharacter, "“"),
    ("a && b", .unexpectedToken, "&"), ("print \"abc", .unterminatedString, "\"abc"),
    ("print \"\"\"abc\n", .unterminatedString, "\"\"\""), (#"print "\q""#, .badEscape, #"\q"#),
    ("print 99999999999999999999", .badNumber, "99999999999999999999"),
    (#"print "\(a""#, .unterminatedInterpolation, #"\("#),
    ("let = 3", .unexpectedToken, "="), ("let x 3", .unexpectedToken, "3"),
    ("print 1 |", .unexpectedToken, ""), ("a == ", .unexpectedToken, ""),
    ("a = 3", .unexpectedToken, "="), ("a < b < c", .unexpectedToken, "<"),
    ("for x [a]", .unexpectedToken, "["), ("print [1 2]", .unexpectedToken, "2"),
    ("print [a: 1, 2]", .unexpectedToken, "2"), ("on: wild", .unexpectedToken, "on"),
    ("print (1", .unclosedBracket, "("), ("print [1,", .unclosedBracket, "["),
    ("for x in [a] { print x", .unclosedBracket, "{"), ("print 1)", .unexpectedToken, ")"),
    ("}", .unmatchedBracket, "}"), ("]", .unmatchedBracket, "]"),
    ("pretrain swav, a: 1, a: 2", .repeatedLabel, "a"), ("let for = 1", .reservedName, "for"),
  ]

  @Test(arguments: faults)
  func fault(text: String, code: ShellError.Code, marked: String) throws {
    let error = #expect(throws: ShellError.self) { _ = try SyntaxPrinter.print(text) }
    let found = try #require(error)
    #expect(found.code == code)
    let source = try #require(found.source)
    #expect(source.string(try #require(found.range)) == marked)
  }

  @Test func plainForm() {
    #expect(
      Self.message("print 1\nfor x in [a {\n}") == """
        error E0201: unexpected `{`
         --> cell:2:13
        2 | for x in [a {
          |             ^ expected `,` or `]`
        """)
    #expect(
      Self.message("let x = 3\nwhere a = 3") == """
        error E0201: unexpected `=`
         --> cell:2:9
        2 | where a = 3
          |         ^ expected the end of the line, `|` or `,`
          = to compare, write `==`
        """)
  }

  @Test func linesOfANotebookAndWideCharacters() throws {
    let source = SourceText(name: "x.md", text: "print \"顔\" ]", firstLine: 41)
    let error = #expect(throws: ShellError.self) {
      _ = try Parser.parse(source) { _ in true }
    }
    let text = DiagnosticRenderer(isStyled: false).render(try #require(error))
    #expect(
      text == """
        error E0201: unexpected `]`
          --> x.md:41:11
        41 | print "顔" ]
           |            ^ expected the end of the line, `|` or `,`
        """)
  }

  @Test func aLongLineIsCutToTheTerminal() throws {
    let text = "print [" + String(repeating: "1, ", count: 60) + "seed ) "
    let error = try #require(#expect(throws: ShellError.self) { _ = try SyntaxPrinter.print(text) })
    let lines = DiagnosticRenderer(isStyled: false, columns: 40).render(error).split(
      separator: "\n")
    #expect(lines[2].count <= 40 && lines[2].hasSuffix("seed ) "), "\(lines)")
    #expect(Array(lines[2]).firstIndex(of: ")") == Array(lines[3]).firstIndex(of: "^"))
    var whole = error
    whole.range = SourceRange(0, text.utf8.count)
    for line in DiagnosticRenderer(isStyled: false, columns: 40).render(whole).split(
      separator: "\n"
    )
    .dropFirst().prefix(3) {
      #expect(line.prefix { $0 != "^" }.count + line.filter { $0 == "^" }.count <= 40, "\(line)")
    }
  }

  @Test func styledFormHasTheSameWords() throws {
    let error = #expect(throws: ShellError.self) { _ = try SyntaxPrinter.print("print (") }
    let text = DiagnosticRenderer(isStyled: true).render(try #require(error))
    #expect(text.contains("\u{1B}[31m"))
    #expect(text.contains("E0201") || text.contains("E0202"))
  }

  @Test func controlCharactersAreNotSentToTheTerminal() {
    let text = Self.message("print \u{1B}[2J")
    #expect(!text.contains("\u{1B}"))
    #expect(text.contains("E0101"))
  }

  @Test func everyCodeIsExplainedOnce() {
    #expect(
      Set(ShellError.Code.allCases.map(\.explanation)).count == ShellError.Code.allCases.count)
  }
}
