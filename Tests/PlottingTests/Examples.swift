import Foundation
import Graphics
import Plotting
import Statistics

/// Three seeds of each (initialisation, label budget); the mean falls, the spread is ±1.
func budgetFrame(_ names: [String] = ["scratch", "supervised", "swav-wild"]) -> DataFrame {
  var rows: [[Cell]] = []
  for (index, name) in names.enumerated() {
    for (budget, error) in [("1%", 14.0), ("10%", 9.0), ("100%", 5.0)] {
      for seed in 0..<3 {
        let value = error - Double(index) * 1.5 + Double(seed - 1)
        rows.append([.text(name), .text(budget), .integer(seed), .number(value)])
      }
    }
  }
  return DataFrame(columns: ["from", "labels", "seed", "nme[inter-ocular]"], rows: rows)
}

func budgetPlot(_ names: [String] = ["scratch", "supervised", "swav-wild"]) -> Plot {
  Plot(budgetFrame(names), x: "labels", y: "nme[inter-ocular]", color: "from")
}

/// Numbers (x, y) of one series, or of several by name.
func frame(_ points: [(Double, Double)]) -> DataFrame {
  DataFrame(columns: ["x", "y"], rows: points.map { [.number($0.0), .number($0.1)] })
}

/// Half an em a letter: layouts on round numbers, the same on every machine.
func plainMeasure(_ text: String, _ style: TextStyle) -> Size {
  Size(width: Double(text.count) * style.size * 0.5, height: style.size * 1.2)
}

/// A figure of the usual size for a column of a paper.
let columnSize = Size.millimetres(84, 60)

extension PlotDrawing {
  var lines: [[Point]] {
    panels[0].marks.compactMap { mark in
      if case .line(let points, _, _, isRaw: false) = mark { points } else { nil }
    }
  }

  var bars: [Rectangle] {
    panels[0].marks.compactMap { if case .bar(let box, _) = $0 { box } else { nil } }
  }

  var errorBars: [(x: Double, top: Double, bottom: Double)] {
    panels[0].marks.compactMap { mark in
      if case .errorBar(let x, let top, let bottom, _, _) = mark { (x, top, bottom) } else { nil }
    }
  }
}

func temporaryPath(_ name: String) -> String {
  FileManager.default.temporaryDirectory
    .appendingPathComponent("plotting-tests-\(UUID().uuidString)-\(name)").path
}
