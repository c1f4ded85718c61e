import Graphics
import Statistics
import Testing

@testable import Plotting

@Suite struct StatisticTests {
  @Test func repeatedRowsBecomeMeanAndDeviation() throws {
    let found = try budgetPlot().dataFrame()
    #expect(found.columns == ["from", "labels", "nme[inter-ocular]", "nme[inter-ocular].sd", "n"])
    #expect(found.rows.count == 9)
    // 14 − 1.5 and its seeds at ±1: sample deviation 1.
    #expect(found.rows[3][0...1] == [.text("supervised"), .text("1%")])
    #expect(abs((found.rows[3][2].numericValue ?? 0) - 12.5) < 1e-12)
    #expect(abs((found.rows[3][3].numericValue ?? 0) - 1) < 1e-12)
    #expect(found.rows[3][4] == .integer(3))
  }

  @Test func budgetsAreInOrderOfSizeWhateverTheRows() throws {
    let data = budgetFrame()
    let shuffled = DataFrame(columns: data.columns, rows: data.rows.reversed())
    let plot = Plot(shuffled, x: "labels", y: "nme[inter-ocular]", color: "from")
    let labels = try plot.dataFrame().rows.prefix(3).map { $0[1] }
    #expect(labels == [.text("1%"), .text("10%"), .text("100%")])
  }

  @Test func missingValuesAreGapsNotZeros() throws {
    let data = DataFrame(
      columns: ["x", "y"],
      rows: [
        [.integer(0), .number(1)], [.integer(1), .missing], [.integer(2), .number(.nan)],
        [.integer(3), .number(5)], [.missing, .number(9)], [.integer(3), .missing],
      ])
    let plot = Plot(data, x: "x", y: "y")
    let rows = try plot.dataFrame().rows
    #expect(rows.map { $0[1] } == [.number(1), .missing, .missing, .number(5)])
    #expect(rows.map { $0[3] } == [.integer(1), .integer(0), .integer(0), .integer(1)])
    let line = try plot.layout(size: columnSize).lines[0]
    #expect(line.map { $0.y.isNaN } == [false, true, true, false])
  }

  @Test func smoothingIsABiasCorrectedAverage() throws {
    var plot = Plot(frame([(0, 4), (1, 0), (2, .nan), (3, 8)]), x: "x", y: "y")
    plot.smoothing = 0.5
    let data = try plot.dataFrame()
    // 4; (¼·4·… ): m₂ = ½·(½·4) + 0 = 1, over 1 − ¼; m₃ = ½·1 + ½·8 = 4.5, over 1 − ⅛.
    let expected = [4, 1 / 0.75, nil, 4.5 / 0.875]
    for (row, value) in zip(data.rows, expected) {
      if let value {
        #expect(abs((row[1].numericValue ?? -1) - value) < 1e-12)
      } else {
        #expect(row[1] == .missing)
      }
    }
    #expect(data.rows.map { $0[4] } == [.number(4), .number(0), .missing, .number(8)])
    let drawing = try plot.layout(size: columnSize)
    #expect(drawing.labels.contains { $0.text.contains("exponential moving average, weight 0.5") })
  }

  @Test func scatterKeepsEveryRow() throws {
    let plot = Plot(frame([(1, 2), (1, 4), (2, 3)]), marks: [.point], x: "x", y: "y")
    #expect(try plot.dataFrame().rows.count == 3)
    guard case .markers(let points, _, _)? = try plot.layout(size: columnSize).panels[0].marks.first
    else {
      Issue.record("no markers")
      return
    }
    #expect(points.count == 3)
    #expect(points[0].x == points[1].x && points[0].y > points[1].y)
  }
}

@Suite struct PlotErrorTests {
  private func code(of plot: Plot) -> PlotError.Code? {
    do {
      _ = try plot.layout(size: columnSize)
      return nil
    } catch {
      return (error as? PlotError)?.code
    }
  }

  @Test func emptyDataIsASentence() {
    let plot = Plot(DataFrame(columns: ["x", "y"], rows: []), x: "x", y: "y")
    #expect {
      try plot.layout(size: columnSize)
    } throws: { error in
      (error as? PlotError)?.message == "nothing to plot of y against x: the data has no rows."
    }
    #expect(code(of: Plot(frame([(1, .nan)]), x: "x", y: "y")) == .noData)
  }

  @Test func unknownColumnNamesThoseThereAre() {
    let plot = Plot(frame([(1, 2)]), x: "x", y: "nme")
    #expect {
      try plot.layout(size: columnSize)
    } throws: { error in
      guard let error = error as? PlotError else { return false }
      return error.code == .unknownColumn && error.message.contains("x, y")
        && error.context == "nme"
    }
  }

  @Test func logarithmOfNothingIsAnError() {
    var plot = Plot(frame([(1, 2), (2, 0), (3, -4)]), x: "x", y: "y")
    #expect(code(of: plot) == nil)
    plot.yScale = .log10
    #expect {
      try plot.layout(size: columnSize)
    } throws: { error in
      guard let error = error as? PlotError else { return false }
      return error.code == .notPositive && error.message.contains("y has 2 values of zero or below")
    }
    plot.yScale = .linear
    plot.xScale = .log10
    #expect(code(of: plot) == nil)
    plot.data = frame([(0, 1), (1, 2)])
    #expect(code(of: plot) == .notPositive)
  }

  @Test func impossibleOptionsAreErrors() {
    let good = Plot(frame([(1, 2), (2, 3)]), x: "x", y: "y")
    let changes: [(PlotError.Code, (inout Plot) -> Void)] = [
      (.invalidOption, { $0.smoothing = 1 }), (.invalidOption, { $0.yRange = 1...1 }),
      (.invalidOption, { $0.marks = [] }),
      (
        .notNumeric,
        {
          $0 = budgetPlot()
          $0.y = "from"
        }
      ),
      (
        .notNumeric,
        {
          $0 = budgetPlot()
          $0.x = "from"
          $0.xScale = .linear
        }
      ),
      (
        .tooManyGroups,
        {
          $0.data = frame((0..<40).map { (Double($0), Double($0)) })
          $0.color = "x"
        }
      ),
    ]
    #expect(code(of: good) == nil)
    for (expected, change) in changes {
      var plot = good
      change(&plot)
      #expect(code(of: plot) == expected)
    }
  }

  @Test(arguments: [
    Size(width: 40, height: 20), .init(width: .nan, height: 90), .init(width: -5, height: 5),
  ])
  func noRoomIsAnError(size: Size) {
    #expect {
      try budgetPlot().layout(size: size)
    } throws: {
      ($0 as? PlotError)?.code == .tooSmall
    }
  }
}
