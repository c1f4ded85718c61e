import Foundation
import Testing

@testable import CommandShell

struct TableCommandTests {
  static let source = """
    let t = sql "SELECT 'a' AS name, 1 AS x, 2.5 AS y, '10%' AS labels UNION ALL \
    SELECT 'b', 2, NULL, '1%' UNION ALL SELECT 'a', 3, 4.5, '60' UNION ALL SELECT 'c', 4, 1.0, '100%'"

    """

  /// A pipeline from the table above, and the resulting CSV with `;` for line ends.
  static let pipelines: [(String, String)] = [
    ("t | where name == a", "name,x,y,labels;a,1,2.5,10%;a,3,4.5,60"),
    ("t | where x > 1 and y < 2", "name,x,y,labels;c,4,1.0,100%"),
    ("t | where not y > 2", "name,x,y,labels;b,2,,1%;c,4,1.0,100%"),
    ("t | where name in [b, c]", "name,x,y,labels;b,2,,1%;c,4,1.0,100%"),
    ("t | where x not in 2...4", "name,x,y,labels;a,1,2.5,10%"),
    ("t | where labels == 10% or labels == 60", "name,x,y,labels;a,1,2.5,10%;a,3,4.5,60"),
    ("t | where labels > 1%", "name,x,y,labels;a,1,2.5,10%;c,4,1.0,100%"),
    ("t | where x + 1 == y * 2 - 3", "name,x,y,labels;a,1,2.5,10%"),
    ("t | select x, double: x * 2 | limit 2", "x,double;1,2;2,4"),
    ("t | sort by: y, descending: true | select y", "y;4.5;2.5;1.0;"),
    ("t | sort by: labels | select labels", "labels;60;1%;10%;100%"),
    ("t | sort by: [name, x], descending: true | select x", "x;4;2;3;1"),
    ("t | group by: name, value: y", "name,y,sd,n;a,3.5,1.4142135623730951,2;b,,,0;c,1.0,,1"),
    ("t | limit 0", "name,x,y,labels"),
    (
      "t | select x, y | describe",
      "column,type,count,distinct,mean,sd,minimum,maximum;"
        + "x,number,4,4,2.5,1.2909944487358056,1.0,4.0;"
        + "y,number,3,3,2.6666666666666665,1.755942292142123,1.0,4.5"
    ),
  ]

  @Test("lengths of time are sorted by their seconds")
  func durations() throws {
    let test = try TestSession()
    try test.run(
      "sql \"SELECT '1:00:00' AS t UNION ALL SELECT '9.5 s' UNION ALL SELECT '10:02' UNION ALL "
        + "SELECT '42 s'\" | sort by: t")
    #expect(test.csv == "t\n9.5 s\n42 s\n10:02\n1:00:00\n")
  }

  @Test("an error over a wide table names the nearest column and the first of them")
  func wideTable() throws {
    let test = try TestSession()
    let columns = (0..<40).map { "0 AS c\($0)" }.joined(separator: ", ")
    let error = #expect(throws: ShellError.self) {
      try test.run("sql \"SELECT \(columns)\" | select c50")
    }
    let notes = try #require(error?.notes)
    #expect(notes.contains { $0.hasSuffix(", c23 and 16 more, which `describe` lists") })
  }

  @Test("a pivot shows intervals over the test samples or the seeds, and says which")
  func intervals() throws {
    let test = try TestSession()
    try test.run(
      """
      let t = sql "SELECT 'a' AS `from`, '1%' AS labels, 1 AS seed, 50.0 AS `tar[far=0.1]`, \
      44.0 AS `low95.tar[far=0.1]`, 55.0 AS `high95.tar[far=0.1]`, 2.0 AS rmse UNION ALL \
      SELECT 'a', '1%', 2, 52.0, 46.0, 57.0, 3.0"
      """)
    let pivot = "t | pivot rows: from, columns: labels"
    let people = try test.run(pivot + ", value: \"tar[far=0.1]\", error: ci").joined()
    #expect(people.contains("51.0 [45.0, 56.0]"))
    #expect(people.contains("share identities") && people.contains("n = 2"))
    let seeds = try test.run(pivot + ", value: rmse, error: seeds").joined()
    // 2.5 ± 12.706 · 0.7071 / √2
    #expect(seeds.contains("2.5 [−3.9, 8.9]") && seeds.contains("Student"))
    #expect(test.failure(pivot + ", value: rmse, error: ci").contains("tar[far=0.1]"))
    #expect(test.failure(pivot + ", value: rmse, error: cj").contains("did you mean"))
  }

  @Test(arguments: pipelines)
  func pipeline(text: String, csv: String) throws {
    let test = try TestSession()
    try test.run(Self.source + text)
    let found = test.tables.last?.csv.split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(found?.dropLast().joined(separator: ";") == csv)
  }

  @Test(arguments: [
    ("count(t)", "4"), ("(t | count y)", "3"), ("(t | mean x)", "2.5"), ("(t | sum x)", "10"),
    ("(t | minimum y)", "1"), ("(t | maximum y)", "4.5"), ("(t | first name)", "a"),
    ("(t | last labels)", "100%"), ("(t | where name == a | sd y)", "1.41421"),
    ("count(t | where name == a) == 2", "true"),
  ])
  func reduction(text: String, value: String) throws {
    #expect(try TestSession().run(Self.source + "print \(text)") == [value])
  }

  @Test func savedInEveryForm() throws {
    let test = try TestSession()
    for suffix in ["csv", "md", "tex", "html", "pdf", "svg", "png"] {
      let path = test.folder.appendingPathComponent("out/table.\(suffix)").path
      try test.run(Self.source + "t | table caption: \"All\", digits: 1 | save \(path)")
      #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count > 30)
    }
    #expect(test.tables.last?.caption == "All")
  }

  @Test func likeIsFastOnLongPatterns() {
    let text = String(repeating: "a", count: 300)
    #expect(!Arithmetic.like(text, String(repeating: "%a", count: 100) + "b"))
    #expect(Arithmetic.like(text, String(repeating: "%a", count: 100)))
  }
}
