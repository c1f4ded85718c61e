import Foundation
import Graphics
import Plotting
import Reporting
import Statistics

/// Times a figure and a report, each in milliseconds of wall time; the least of the rounds, since
/// other processes can only add to it.
///
/// - `figure FOLDER`: five lines of 1,000 points to PDF, the process warm.
/// - `report FOLDER`: 20 pages with 10 plots and 10 tables to PDF.
/// `report_peer.py` does the first with matplotlib in the same run.
let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count == 2, ["figure", "report"].contains(arguments[0]) else {
  print("figure FOLDER | report FOLDER")
  exit(2)
}
let folder = URL(fileURLWithPath: arguments[1])

func least(rounds: Int, _ body: () throws -> Void) rethrows -> Double {
  try (0..<rounds).map { _ in
    let start = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
  }.min() ?? .nan
}

/// Five noisy lines.
func lines(points: Int) -> Plot {
  var rows: [[Cell]] = []
  for series in 0..<5 {
    for index in 0..<points {
      let x = Double(index)
      let y = sin(x / 90 + Double(series)) + 0.1 * sin(x * 12.9898 + Double(series))
      rows.append([.text("series \(series)"), .number(x), .number(y)])
    }
  }
  return Plot(
    DataFrame(columns: ["series", "x", "y"], rows: rows), x: "x", y: "y", color: "series")
}

func table(_ index: Int) -> ReportTable {
  ReportTable(
    columns: ["from", "1%", "10%", "100%"].map { ReportTable.Column($0) },
    rows: (0..<8).map { row in
      ReportTable.Row(
        [.init(.text("method \(row)"))]
          + (0..<3).map { column in
            .init(
              .measurement(
                mean: Double(10 + row - 3 * column + index), standardDeviation: 0.23, count: 3))
          })
    })
}

func document() -> ReportDocument {
  let sentence = "Labelled faces are scarce, unlabelled ones are not, and the question is how far. "
  var blocks: [Block] = []
  for part in 0..<10 {
    blocks.append(.heading(level: 1, [.text("Part \(part)")], id: nil))
    for _ in 0..<7 { blocks.append(.paragraph([.text(String(repeating: sentence, count: 9))])) }
    blocks.append(
      .figure(lines(points: 200), caption: ["Five lines."], label: "fig-\(part)", width: nil))
    blocks.append(.table(table(part), caption: ["A table."], label: "tbl-\(part)"))
  }
  return ReportDocument(title: "A report of twenty pages", date: "2026-01-01", blocks: blocks)
}

do {
  if arguments[0] == "figure" {
    let plot = lines(points: 1000)
    let path = folder.appendingPathComponent("figure.pdf").path
    let time = try least(rounds: 20) { try FigureFile.write(plot, to: path) }
    print("facet: five lines of 1,000 points to PDF: \(time) ms")
  } else {
    let document = document()
    let url = folder.appendingPathComponent("report.pdf")
    var pages = 0
    let time = try least(rounds: 10) { pages = try ReportRenderer().writePDF(document, to: url) }
    print("facet: \(pages) pages, 10 plots, 10 tables to PDF: \(time) ms")
  }
} catch {
  print(error)
  exit(1)
}
