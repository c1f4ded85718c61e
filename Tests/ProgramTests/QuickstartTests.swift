import Experiments
import Foundation
import Testing

/// The whole of `reports/quickstart.md` with reduced settings, through the built programs.
@Suite(.serialized)
struct QuickstartTests {
  static let settings = [
    "identities=40", "images=400", "labelled=300", "epochs=3", "steps=80", "seeds=1",
  ]

  static func report(_ programs: Programs) throws -> Programs.Ended {
    let notebook = Programs.package.appending(path: "reports/quickstart.md").path
    let (process, output, errors) = try programs.start(
      ["report", notebook, "--output", "quickstart.pdf"] + settings.flatMap { ["--set", $0] })
    process.waitUntilExit()
    return Programs.Ended(
      status: process.terminationStatus, output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }

  @Test("losses fall, landmarks beat the mean shape, the PDF has it all; again is reuse")
  func quickstart() throws {
    let programs = try Programs()
    let first = try Self.report(programs)
    #expect(first.status == 0, "\(first.errors)")
    try checkLosses(programs)
    try checkLandmarks(programs)
    try checkDocument(programs)
    let runs = try programs.rows("SELECT count(*) FROM runs")
    let pdf = try Data(contentsOf: programs.file("quickstart.pdf"))
    let again = try Self.report(programs)
    #expect(again.status == 0, "\(again.errors)")
    #expect(try programs.rows("SELECT count(*) FROM runs") == runs)
    #expect(try Data(contentsOf: programs.file("quickstart.pdf")) == pdf)
    try checkJupyter(programs)
    #expect(try programs.rows("SELECT count(*) FROM runs") == runs, "Jupyter uses the same runs")
  }

  /// The same notebook cell by cell through nbclient and the kernel.
  private func checkJupyter(_ programs: Programs) throws {
    let notebook = Programs.package.appending(path: "reports/quickstart.md").path
    let report = try programs.drive("run_notebook.py", [notebook] + Self.settings)
    #expect(report["counts"] == .boolean(true) && report["errors"] == .integer(0), "\(report)")
    #expect(report["pictures"] == .integer(4), "\(report)")
    #expect((report["tables"]?.integerValue ?? 0) >= 4, "\(report)")
  }

  private func checkLosses(_ programs: Programs) throws {
    for name in ["supervised", "swav"] {
      let losses = try programs.rows(
        "SELECT value FROM metrics WHERE run_name = '\(name)' AND name = 'loss' ORDER BY step"
      ).compactMap { $0[0].realValue }
      let part = losses.count / 4
      #expect(part > 0)
      let (start, end) = (losses.prefix(part), losses.suffix(part))
      #expect(
        end.reduce(0, +) / Double(part) < start.reduce(0, +) / Double(part) - 0.01,
        "\(name): \(losses)")
    }
  }

  private func checkLandmarks(_ programs: Programs) throws {
    let rows = try programs.rows(
      """
      SELECT metric, avg(value), count(*) FROM results_long
      WHERE task = 'landmarks' AND labels = '100%' AND selection = 'validation-best'
        AND split = 'test' AND metric IN ('nme[inter-ocular]', 'mean-shape.nme[inter-ocular]')
      GROUP BY metric ORDER BY metric
      """)
    #expect(rows.map { $0[2] } == [.integer(3), .integer(3)])
    let baseline = try #require(rows.first?[1].realValue)
    let trained = try #require(rows.last?[1].realValue)
    #expect(trained < 0.9 * baseline, "trained \(trained), mean shape \(baseline)")
    let count = try programs.rows(
      "SELECT count(*) FROM runs WHERE method = 'landmarks' AND status = 'finished'")
    #expect(count == [[.integer(9)]])
  }

  private func checkDocument(_ programs: Programs) throws {
    let path = programs.file("quickstart.pdf").path
    guard let text = try systemOutput("pdftotext", ["-layout", path, "-"]) else { return }
    for phrase in [
      "Which pre-training needs the fewest labels?", "Table 1", "Table 2", "Figure 1", "Figure 2",
      "Figure 3", "scratch", "swav", "NME",
    ] {
      #expect(text.contains(phrase), "the PDF lacks \(phrase)")
    }
    #expect(!text.contains("[@"), "a reference was not resolved")
  }
}
