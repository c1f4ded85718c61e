import Experiments
import Foundation
import Plotting
import Reporting
import Statistics
import Testing

@testable import CommandShell

struct PlotCommandTests {
  static let source = """
    let t = sql "WITH RECURSIVE i(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM i WHERE n < 59) \
    SELECT CASE n % 3 WHEN 0 THEN 'a' WHEN 1 THEN 'b' ELSE 'c' END AS who, \
    CASE n % 2 WHEN 0 THEN 'left' ELSE 'right' END AS side, n / 12 AS part, n AS step, \
    n * 0.01 + (n % 3) * 0.1 AS nme, n % 2 = 0 AS same, n * 7 % 11 / 10.0 AS f0, \
    n * 5 % 13 / 10.0 AS f1, n * 3 % 7 / 10.0 AS f2 FROM i"
    let corners = sql "SELECT 0 AS a, 1 AS b, 13 AS c UNION ALL SELECT 1, 2, 14"

    """

  /// Each kind of plot, and how its line for a terminal begins.
  static let kinds: [(String, String)] = [
    ("line, x: step, y: nme, color: who", "line plot of nme over step by who"),
    ("area line, x: step, y: nme, percent: y, legend: top", "area and line plot"),
    ("stacked-bar, x: side, y: nme, color: who", "stacked-bar plot"),
    ("box point, x: side, y: nme", "box and point plot"),
    ("violin, x: side, y: nme, theme: dark", "violin plot"),
    ("point text, x: f0, y: f1, text: who", "point and text plot"),
    ("line, x: step, y: nme, symlog: y, threshold: 0.1, x-range: [0, 40]", "line plot"),
    ("line, x: step, y: nme, rule-x: 3, annotate: [[5, 0.1, \"here\"]]", "line plot"),
    ("histogram, x: nme, color: who, bins: 5", "histogram plot of nme"),
    ("density, x: nme", "density plot of nme"),
    ("heatmap, x: side, y: who, value: nme", "heatmap plot"),
    ("confusion, x: side, y: who", "confusion plot"),
    ("ced, x: nme, color: who, limit: 0.5", "ced plot of nme"),
    ("roc, x: nme, same: same", "roc plot"), ("det, x: nme, same: same", "det plot"),
    ("embedding, features: f, color: who", "embedding plot"),
    ("embedding, features: [f0, f1, f2], method: tsne, seed: 2", "embedding plot"),
    ("profile, x: nme, color: who, task: part", "profile plot of nme"),
    ("ranks, y: nme, color: who, cases: part", "critical-difference diagram"),
    ("summary, y: [nme, f0], color: who", "dot plot of tasks"),
    ("mesh, x: f0, y: f1, z: f2, value: nme, triangles: corners", "error map of a surface"),
  ]

  @Test("a run's own tables are read: a matrix of confusions as cases that can be drawn")
  func artifacts() throws {
    let test = try TestSession()
    try test.run(
      "let faces = synthetic studio, images: 40, size: 32\n"
        + "let moods = adapt emotion, on: faces, as: moods")
    guard case .runs(let runs)? = test.session.scope["moods"] else {
      Issue.record("no run is bound")
      return
    }
    #expect(test.failure("artifact moods, confusion").contains("left no tables"))
    let store = try test.session.store()
    try "truth,happiness,fear\r\nhappiness,5,1\r\nfear,2,7\r\n".write(
      to: store.folder.appendingPathComponent("confusion.csv"), atomically: true, encoding: .utf8)
    for (name, path) in [("confusion", "confusion.csv"), ("gone", "gone.csv")] {
      try store.addArtifact(
        run: runs[0].id, name: name, path: path, size: 1,
        sha256: String(repeating: "0", count: 64))
    }
    try test.run("artifact moods, confusion")
    #expect(
      test.csv == "truth,predicted,count\nhappiness,happiness,5\nhappiness,fear,1\n"
        + "fear,happiness,2\nfear,fear,7\n")
    try test.run(
      "artifact moods, confusion | plot confusion, x: predicted, y: truth, value: count")
    #expect(test.figures[0].runs == [runs[0].id])
    #expect(test.failure("artifact moods, confusoin").contains("did you mean `confusion`?"))
    #expect(test.failure("artifact moods, gone").contains("cannot be read from"))
  }

  @Test(arguments: kinds)
  func kindsAreDrawn(options: String, summary: String) throws {
    let test = try TestSession()
    let path = test.folder.appendingPathComponent("figure.svg").path
    try test.run(Self.source + "t | plot \(options) | save \"\(path)\"")
    let figure = try #require(test.figures.last)
    #expect(figure.summary.hasPrefix(summary), "\(figure.summary)")
    #expect(try String(contentsOfFile: path, encoding: .utf8).contains("<svg"))
    #expect(!figure.figure.alternativeText.isEmpty)
    #expect(try !figure.figure.dataFrame().rows.isEmpty)
  }

  @Test(arguments: [
    ("lien, x: step, y: nme", "line"), ("histogram box, x: nme", "stands alone"),
    ("mesh, x: f0, y: f1, z: f2, value: nme", "triangles"),
    ("embedding, features: g", "no column is called"),
    ("line, x: step, y: nme, theme: drak", "dark"),
    ("line, x: step, y: nme, x-range: [3, 1]", "range"),
    ("ranks, y: step, color: who, cases: part", "better"),
    ("text, x: step, y: nme", "text"), ("ced, x: who", "numbers"),
  ])
  func mistakesAreExplained(options: String, part: String) throws {
    let test = try TestSession()
    let error = #expect(throws: ShellError.self) {
      try test.run(Self.source + "t | plot \(options)")
    }
    let text = error.map { DiagnosticRenderer(isStyled: false).render($0) } ?? ""
    #expect(text.contains(part), "\(text)")
  }

  @Test func layoutsMakeATableOneForAPaper() throws {
    let test = try TestSession()
    try test.run(
      """
      let t = sql "SELECT 'x' AS task, 'a' AS method, 1.5 AS few, 2.5 AS `all` UNION ALL SELECT 'y', 'a', NULL, 3"
      t | layout group: task, over: [["NME", few, "all"]], units: [few: "%"], better: [few: lower], notes: ["A *note*."] | published "theirs", values: [1.2, nothing], source: "a paper", group: "others"
      """)
    let table = try #require(test.tables.last?.table)
    #expect(table.columns.map(\.heading) == ["method", "few (%) ↓", "all"])
    #expect(table.rows.map(\.group) == ["x", "y", "others"])
    #expect(table.spanners.first?.first?.columns == 1..<3)
    let isQuoted = table.rows[2].cells.allSatisfy { $0.isQuoted }
    #expect(isQuoted)
    #expect(table.rows[2].cells[2].value == .missing)
    #expect(table.rows[1].cells[1].value == .missing)
    let notes = table.notes.map { $0.plainText }
    #expect(notes == ["A note.", "theirs: published, not run here: a paper."])
    #expect(throws: ShellError.self) {
      try test.run("t | published \"theirs\", values: [1], source: \"a paper\"")
    }
  }
}
