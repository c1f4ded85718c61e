import Testing

@testable import Notebooks

@Suite struct FrontMatterTests {
  static let header = """
    ---
    # A comment
    title: "Few labels: \\"what\\" helps?"   # behind
    author:
      - A. Person
      - 'B. O''Person'
    date: 2026-01-31
    abstract: >
      One line
      and another.

      A new paragraph
        kept
      text.
    kernel: facet # x
    tags: [a, "b, c", 10%]
    nothing:
    parameters:
      epochs: 20_000      # passes over the faces
      rate: 1e-3
      share: 10%
      fast: true
      lfw: ../lfw#1
      quoted: "20"
      empty: ''
      labels: [1%, 60]
    ---

    """

  @Test func readsEveryField() throws {
    let matter = try Notebook(parsing: Self.header + "text").frontMatter
    #expect(matter.title == "Few labels: \"what\" helps?")
    #expect(matter.authors == ["A. Person", "B. O'Person"])
    #expect(matter.date == "2026-01-31")
    #expect(matter.abstract == "One line and another.\nA new paragraph\n  kept\ntext.")
    let expected: [(String, ParameterValue)] = [
      ("epochs", .integer(20_000)), ("rate", .real(0.001)), ("share", .percentage(0.1)),
      ("fast", .boolean(true)), ("lfw", .text("../lfw#1")), ("quoted", .text("20")),
      ("empty", .text("")), ("labels", .list([.percentage(0.01), .integer(60)])),
    ]
    #expect(matter.parameters.map(\.name) == expected.map(\.0))
    #expect(matter.parameters.map(\.value) == expected.map(\.1))
    #expect(matter.parameters.first?.summary == "passes over the faces")
    #expect(matter.parameters.first?.line == 19)
    let raw = matter.fields.map(\.name)
    let names = ["title", "author", "date", "abstract", "kernel", "tags", "nothing", "parameters"]
    #expect(raw == names)
    #expect(matter.fields[6].value == .empty)
    let tags = ["a", "b, c", "10%"].map {
      FrontMatter.Scalar(text: $0, isQuoted: $0 == "b, c")
    }
    #expect(matter.fields[5].value == .list(tags))
  }

  @Test(arguments: [
    ("|\n  a\n   b\n\n  c\n\n", "a\n b\n\nc\n"), ("|-\n  a\n", "a"), ("|+\n  a\n", "a\n\n"),
    (">\n  a\n  b\n", "a b\n"), (">-\n  a\n\n\n  b\n", "a\n\nb"), ("|\n", ""),
    ("plain # no", "plain"), ("a#b", "a#b"), ("it's", "it's"), ("\"\\u00e9\\x41\\n\"", "éA\n"),
    ("http://x", "http://x"), ("-1 below", "-1 below"),
  ])
  func readsScalars(yaml: String, text: String) throws {
    let matter = try Notebook(parsing: "---\nkey: \(yaml)\n---\n").frontMatter
    guard case .scalar(let scalar) = matter.fields.first?.value else {
      Issue.record("no scalar")
      return
    }
    #expect(scalar.text == text)
  }

  @Test(
    arguments: [
      ("nan", .text("nan")), ("inf", .text("inf")), ("0x1p3", .text("0x1p3")),
      ("1__0", .text("1__0")),
      ("-7", .integer(-7)), ("+7", .integer(7)), ("7.5%", .percentage(0.075)), (".5", .real(0.5)),
      ("99999999999999999999", .real(1e20)), ("-", .text("-")), ("%", .text("%")),
      ("yes", .text("yes")),
      ("1-2", .text("1-2")), ("2026-01-31", .text("2026-01-31")), ("1e999", .text("1e999")),
    ] as [(String, ParameterValue)])
  func infersTypes(text: String, value: ParameterValue) {
    #expect(ParameterValue(inferring: text) == value)
  }

  @Test func setsParametersByTheDefaultsType() throws {
    let notebook = try Notebook(parsing: Self.header)
    let set = [
      "epochs=5", "rate=2", "share=7%", "fast=false", "lfw=a=b", "labels=[2%, 5]", "quoted=3",
    ]
    let parameters = try notebook.parameters(setting: set)
    let values = Dictionary(uniqueKeysWithValues: parameters.map { ($0.name, $0.value) })
    #expect(values["epochs"] == .integer(5))
    #expect(values["rate"] == .real(2))
    #expect(values["share"] == .percentage(0.07))
    #expect(values["fast"] == .boolean(false))
    #expect(values["lfw"] == .text("a=b"))
    #expect(values["labels"] == .list([.percentage(0.02), .integer(5)]))
    #expect(values["quoted"] == .text("3"))
    #expect(values["empty"] == .text(""))
    #expect(parameters.map(\.name) == notebook.frontMatter.parameters.map(\.name))
  }

  @Test(arguments: [
    (["epoch=5"], "did you mean “epochs”"), (["epochs=5.5"], "a whole number"),
    (["fast=1"], "true or false"), (["share=0.1"], "a percentage, such as 10%"),
    (["epochs"], "name=value"), (["epochs=1", "epochs=2"], "twice"),
    (["labels=x"], "a whole number or a percentage"), (["zzzzz=1"], "It has epochs, rate"),
  ])
  func refusesWrongAssignments(set: [String], words: String) throws {
    let notebook = try Notebook(parsing: Self.header, path: "x.md")
    let error = #expect(throws: NotebookError.self) { try notebook.parameters(setting: set) }
    #expect(error?.code == .parameter)
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }
}
