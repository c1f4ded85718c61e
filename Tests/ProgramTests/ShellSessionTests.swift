import Experiments
import Foundation
import Testing

/// The session of the README typed into the shell on a terminal: `Drivers/shell_session.py` types,
/// this judges.
@Suite(.serialized)
struct ShellSessionTests {
  @Test(
    "a data set, a training paused and resumed, a sweep, tables, a figure, the notebook of it all")
  func session() throws {
    let programs = try Programs()
    let report = try programs.drive("shell_session.py")
    let expected: [String: SpecValue] = [
      "data set": .boolean(true), "progress": .boolean(true), "paused": .boolean(true),
      "resumed": .boolean(true), "sweep": .list([.integer(4), .boolean(true)]),
      "pivot": .list(Array(repeating: .boolean(true), count: 4)),
      "plot": .list([.boolean(true), .boolean(true)]), "sql": .integer(5),
      "notebook": .boolean(true), "error": .boolean(true), "ended": .integer(0),
      "drawing at the prompt": .list([]),
      "drawing after a figure": .list([.text("libcairo"), .text("libpango-1.0")]),
    ]
    for (key, value) in expected { #expect(report[key] == value, "\(key)") }
    // The saved notebook finds all of its runs finished.
    let runs = try programs.rows("SELECT count(*) FROM runs")
    let again = try programs.facet("run", "few-shot.md")
    #expect(again.status == 0, "\(again.errors)")
    #expect(try programs.rows("SELECT count(*) FROM runs") == runs)
  }
}
