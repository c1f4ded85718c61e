import Graphics
import Statistics
import Testing

@testable import Plotting

/// Forty values of two groups at two places.
private func groupedFrame() -> DataFrame {
  var rows: [[Cell]] = []
  for index in 0..<80 {
    let (group, place) = (index % 2, index / 2 % 2)
    let value = Double(index % 20) + Double(10 * group)
    rows.append([
      .text(group == 0 ? "a" : "b"), .text(place == 0 ? "left" : "right"), .number(value),
    ])
  }
  return DataFrame(columns: ["group", "place", "value"], rows: rows)
}

extension PlotDrawing {
  fileprivate var shapes: [(path: Path, isFilled: Bool)] {
    panels[0].marks.compactMap { mark in
      if case .shape(let path, let fill, _) = mark { (path, fill != nil) } else { nil }
    }
  }

  fileprivate var words: [Label] {
    panels[0].marks.compactMap { if case .text(let label) = $0 { label } else { nil } }
  }
}

@Suite struct MarkTests {
  @Test func stackedBarsStandOnEachOther() throws {
    let frame = DataFrame(
      columns: ["part", "where", "n"],
      rows: [
        [.text("a"), .text("x"), .number(2)], [.text("b"), .text("x"), .number(3)],
        [.text("a"), .text("y"), .number(1)], [.text("b"), .text("y"), .number(-4)],
      ])
    let plot = Plot(frame, marks: [.stackedBar], x: "where", y: "n", color: "part")
    let drawing = try plot.layout(size: columnSize, measure: plainMeasure)
    let bars = drawing.bars
    #expect(bars.count == 4)
    let panel = drawing.panels[0]
    // The first stack: 0…2 and 2…5; the second: 0…1 up and 0…−4 down.
    #expect(abs(bars[0].maxY - panel.point(0, 0).y) < 1e-9)
    let onTop = try #require(bars.first { abs($0.y - panel.point(0, 5).y) < 1e-9 })
    #expect(abs(onTop.maxY - panel.point(0, 2).y) < 1e-9)
    #expect(bars.contains { abs($0.maxY - panel.point(1, -4).y) < 1e-9 })
  }

  @Test func boxesStandSideBySide() throws {
    let plot = Plot(groupedFrame(), marks: [.box], x: "place", y: "value", color: "group")
    let drawing = try plot.layout(size: columnSize, measure: plainMeasure)
    // Whiskers, body and median for each of four boxes; no outliers here.
    #expect(drawing.shapes.count == 12)
    #expect(drawing.shapes.count { $0.isFilled } == 4)
  }

  @Test func boxesEndAtTheQuartiles() throws {
    let values = [1.0, 2, 3, 4, 5, 6, 7, 8, 20]
    let frame = DataFrame(
      columns: ["place", "value"], rows: values.map { [.text("here"), .number($0)] })
    let plot = Plot(frame, marks: [.box], x: "place", y: "value")
    let drawing = try plot.layout(size: columnSize, measure: plainMeasure)
    let panel = drawing.panels[0]
    let x = panel.area.centre.x
    func y(_ value: Double) -> Double { panel.point(0, value).y }
    // Quartiles 3, 5 and 7; the whiskers end at 1 and 8, and 20 is an outlier.
    let body = Path.rectangle(Rectangle(x: x - 11, y: y(7), width: 22, height: y(3) - y(7)))
    var whiskers = Path.line(Point(x, y(7)), Point(x, y(8)))
    whiskers.append(.line(Point(x, y(3)), Point(x, y(1))))
    let expected = [
      whiskers, body, Path.line(Point(x - 11, y(5)), Point(x + 11, y(5))),
      Path.circle(centre: Point(x, y(20)), radius: 1.3),
    ]
    #expect(drawing.shapes.map { $0.path } == expected)
  }

  @Test func violinsHoldABoxAndSayTheirKernel() throws {
    let plot = Plot(groupedFrame(), marks: [.violin], x: "place", y: "value", color: "group")
    let drawing = try plot.layout(size: columnSize, measure: plainMeasure)
    #expect(drawing.shapes.count { $0.isFilled } == 8)
    let note = drawing.labels.contains { $0.text.contains("kernel") }
    #expect(note)
  }

  @Test func binsHoldAllValues() throws {
    let plot = try Plot.histogram(groupedFrame(), of: "value", color: "group", bins: 6)
    let counts = try plot.dataFrame().values(of: "count")?.compactMap(\.numericValue)
    #expect(counts?.reduce(0, +) == 80)
    let drawing = try plot.layout(size: columnSize, measure: plainMeasure)
    #expect(drawing.shapes.count == 2)
    // Bins reach half a bin beyond the first and last centres.
    #expect(drawing.panels[0].xScale.domain.lowerBound < 0.01)
    #expect(drawing.panels[0].yScale.domain.lowerBound == 0)
  }

  @Test func densitiesIntegrateToOne() throws {
    let plot = try Plot.density(groupedFrame(), of: "value")
    let frame = try plot.dataFrame()
    let x = try #require(frame.values(of: "value")).compactMap(\.numericValue)
    let y = try #require(frame.values(of: "density")).compactMap(\.numericValue)
    var area = 0.0
    for index in x.indices.dropFirst() {
      area += (x[index] - x[index - 1]) * (y[index] + y[index - 1]) / 2
    }
    #expect(abs(area - 1) < 0.01)
  }

  @Test func wordsStandAtTheirRowsWithinThePanel() throws {
    var plot = Plot(
      DataFrame(
        columns: ["x", "y", "name"],
        rows: [
          [.number(0), .number(0), .text("first of them")],
          [.number(1), .number(1), .text("second of them")],
        ]), marks: [.point, .text], x: "x", y: "y")
    #expect(throws: PlotError.self) { try plot.layout(size: columnSize) }
    plot.text = "name"
    plot.annotations = [.init("a note", x: 1, y: 1)]
    plot.rules = [.init(x: 0.5, label: "half")]
    let drawing = try plot.layout(size: columnSize)
    #expect(drawing.words.map(\.text).contains("first of them"))
    #expect(drawing.words.map(\.text).contains("a note"))
    for label in drawing.words {
      #expect(drawing.panels[0].area.contains(label.box, tolerance: 0.5))
    }
    let isUpright = drawing.panels[0].marks.contains { mark in
      if case .rule(let from, let to, let label) = mark {
        return from.x == to.x && label?.text == "half"
      }
      return false
    }
    #expect(isUpright)
  }
}

@Suite struct WideScaleTests {
  @Test func symlogIsSymmetricAndOrdered() {
    let scale = Scale(kind: .symlog(threshold: 1), domain: -1000...1000)
    #expect(abs(scale.position(0) - 0.5) < 1e-12)
    #expect(abs(scale.position(10) + scale.position(-10) - 1) < 1e-12)
    let places = [-1000.0, -10, -0.5, 0, 0.5, 10, 1000].map(scale.position)
    #expect(places == places.sorted() && places.first == 0 && places.last == 1)
    let labels = scale.ticks(about: 9).map(\.label).filter { !$0.isEmpty }
    #expect(labels.contains("0") && labels.contains("1000") && labels.contains("−1000"))
  }

  @Test func percentTicksSayPerCent() {
    let scale = Scale(kind: .linear, domain: 0...0.5, isPercent: true)
    let ticks = scale.ticks(about: 5)
    #expect(ticks.first?.label == "0\u{2009}%")
    #expect(ticks.contains { $0.label == "50\u{2009}%" && abs($0.value - 0.5) < 1e-12 })
  }
}

@Suite struct ThemeTests {
  @Test(arguments: Theme.named.map(\.name))
  func allColoursOfAThemeAreSeen(name: String) throws {
    let theme = try #require(Theme.named.first { $0.name == name }?.theme)
    for colour in theme.palette { #expect(colour.contrast(to: theme.background) >= 3) }
    for colour in [theme.ink, theme.mutedInk] {
      #expect(colour.contrast(to: theme.background) >= 4.5)
    }
    for colour in theme.palette {
      #expect(colour.readable(on: theme.background).contrast(to: theme.background) >= 4.4)
    }
  }
}
