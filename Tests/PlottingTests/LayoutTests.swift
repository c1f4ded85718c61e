import Graphics
import Statistics
import Testing

@testable import Plotting

/// Plots with what makes layouts go wrong: long names, many ticks, panels, rotation.
private let hardPlots: [(name: String, plot: Plot)] = {
  let long = [
    "scratch", "supervised (VGGFace-like identities)", "swav-wild, 400 identities", "moco", "byol",
    "simsiam", "barlow-twins",
  ]
  var bars = budgetPlot(long)
  (bars.marks, bars.x, bars.color) = ([.bar], "from", "labels")
  bars.title = "A long title that has to be broken because it does not fit on one line"
  var facets = budgetPlot()
  (facets.facet, facets.color) = ("from", nil)
  var top = budgetPlot(long)
  top.legend = .top
  var log = Plot(frame((1...300).map { (Double($0 * $0), 1e-4 * Double($0)) }), x: "x", y: "y")
  (log.xScale, log.yScale) = (.log10, .log10)
  log.rules = [Plot.Rule(y: 0.001, label: "chance")]
  var wide = Plot(frame([(-123_456_789, 1e-7), (987_654_321, 3e-7)]), x: "x", y: "y")
  wide.yTitle = "A vertical title much longer than the axis that it describes, by far"
  return [
    ("direct", budgetPlot()), ("bars", bars), ("facets", facets), ("top", top), ("log", log),
    ("wide", wide), ("right", budgetPlot(long)),
  ]
}()

@Suite struct LayoutTests {
  @Test(arguments: hardPlots.indices, [(84.0, 60.0), (140, 90)])
  func nothingIsClippedAndNothingOverlaps(index: Int, millimetres: (Double, Double)) throws {
    let (name, plot) = hardPlots[index]
    let size = Size.millimetres(millimetres.0, millimetres.1)
    let drawing = try plot.layout(size: size)
    let page = Rectangle(origin: Point(0, 0), size: size)
    for label in drawing.allLabels {
      #expect(page.contains(label.box, tolerance: 0.5), "\(name): \(label.text) \(label.box)")
    }
    for panel in drawing.panels {
      #expect(page.contains(panel.area))
      for ticks in [panel.xTicks, panel.yTicks] {
        // Turned labels stand in parallel: their boxes overlap, their letters do not.
        let flat = ticks.flatMap(\.labels).filter { $0.degrees == 0 }
        expectApart(flat.map(\.box) + drawing.labels.map(\.box), name)
      }
      for label in drawing.labels + drawing.legend.map(\.label) {
        #expect(!panel.area.intersects(label.box), "\(name): \(label.text) over the data")
      }
    }
    expectApart(drawing.legend.map(\.label.box).map { $0.inset(by: 0.5) }, name)
  }

  private func expectApart(_ boxes: [Rectangle], _ name: String) {
    for first in boxes.indices {
      for second in boxes.indices where second > first {
        #expect(!boxes[first].inset(by: 0.05).intersects(boxes[second]), "\(name)")
      }
    }
  }

  @Test func valuesLieAtTheirPlaces() throws {
    var plot = Plot(frame([(0, 0), (5, 50), (10, 100)]), x: "x", y: "y")
    (plot.xRange, plot.yRange) = (0...10, 0...100)
    let drawing = try plot.layout(size: columnSize, measure: plainMeasure)
    let area = drawing.panels[0].area
    let line = drawing.lines[0]
    #expect(abs(line[0].x - area.x) < 1e-9 && abs(line[0].y - area.maxY) < 1e-9)
    #expect(abs(line[1].x - area.centre.x) < 1e-9 && abs(line[1].y - area.centre.y) < 1e-9)
    #expect(abs(line[2].x - area.maxX) < 1e-9 && abs(line[2].y - area.y) < 1e-9)
    for tick in drawing.panels[0].xTicks {
      let value = try #require(Double(tick.labels[0].text))
      #expect(abs(tick.position - (area.x + value / 10 * area.width)) < 1e-9)
      #expect(abs(tick.labels[0].box.centre.x - tick.position) < 1e-9)
    }
  }

  @Test func budgetsStandAtTheirLogarithms() throws {
    let drawing = try budgetPlot().layout(size: columnSize, measure: plainMeasure)
    let ticks = drawing.panels[0].xTicks
    #expect(ticks.map { $0.labels[0].text } == ["1%", "10%", "100%"])
    let gaps = [ticks[1].position - ticks[0].position, ticks[2].position - ticks[1].position]
    #expect(gaps[0] > 20 && abs(gaps[0] - gaps[1]) < 1e-9)
  }

  @Test func errorBarsReachOneDeviation() throws {
    let drawing = try budgetPlot(["scratch"]).layout(size: columnSize, measure: plainMeasure)
    let panel = drawing.panels[0]
    #expect(drawing.errorBars.count == 3)
    #expect(abs(drawing.errorBars[0].top - panel.point(1, 15).y) < 1e-9)
    #expect(abs(drawing.errorBars[0].bottom - panel.point(1, 13).y) < 1e-9)
    #expect(drawing.labels.contains { $0.text == "Mean ± standard deviation, n = 3." })
  }

  @Test func barsStartAtZeroSideBySide() throws {
    var plot = budgetPlot()
    plot.marks = [.bar]
    let drawing = try plot.layout(size: columnSize, measure: plainMeasure)
    let panel = drawing.panels[0]
    #expect(panel.yScale.domain.lowerBound == 0)
    #expect(drawing.bars.count == 9)
    #expect(drawing.bars.allSatisfy { abs($0.maxY - panel.area.maxY) < 1e-9 })
    for (first, bar) in drawing.bars.enumerated() {
      for other in drawing.bars.dropFirst(first + 1) { #expect(!bar.intersects(other)) }
    }
    // Heights are as the means: 14 and 5 of scratch.
    #expect(abs(drawing.bars[0].height / drawing.bars[2].height - 14.0 / 5) < 1e-9)
  }

  @Test func barsColouredByTheirXStandOverIt() throws {
    var plot = budgetPlot()
    (plot.marks, plot.x) = ([.bar], "from")
    let drawing = try plot.layout(size: columnSize, measure: plainMeasure)
    let ticks = drawing.panels[0].xTicks.map(\.position)
    #expect(drawing.bars.count == 3)
    for (bar, tick) in zip(drawing.bars, ticks) { #expect(abs(bar.centre.x - tick) < 1e-9) }
    let columns = try plot.dataFrame().columns
    #expect(columns == ["from", "nme[inter-ocular]", "nme[inter-ocular].sd", "n"])
  }

  @Test func negativeBarsHangFromZero() throws {
    let plot = Plot(frame([(1, -2), (2, 2)]), marks: [.bar], x: "x", y: "y")
    let drawing = try plot.layout(size: columnSize, measure: plainMeasure)
    let zero = drawing.panels[0].point(0, 0).y
    #expect(abs(drawing.bars[0].y - zero) < 1e-9 && abs(drawing.bars[1].maxY - zero) < 1e-9)
  }

  @Test func manyRepeatedPointsGetABand() throws {
    let points = (0..<40).flatMap { x in [0, 1].map { (Double(x), Double(x + $0)) } }
    let drawing = try Plot(frame(points), x: "x", y: "y").layout(size: columnSize)
    let hasBand = drawing.panels[0].marks.contains {
      if case .band(let upper, let lower, _) = $0 {
        upper.count == 40 && zip(upper, lower).allSatisfy { $0.y < $1.y }
      } else {
        false
      }
    }
    #expect(hasBand)
    #expect(drawing.errorBars.isEmpty)
  }

  @Test func panelsShareTheirAxes() throws {
    var plot = budgetPlot()
    plot.facet = "from"
    let drawing = try plot.layout(size: .millimetres(150, 60))
    #expect(drawing.panels.map { $0.title?.text } == ["scratch", "supervised", "swav-wild"])
    #expect(Set(drawing.panels.map(\.yScale)).count == 1)
    #expect(Set(drawing.panels.map(\.area.size.width)).count == 1)
    #expect(drawing.panels[1].yTicks.allSatisfy { $0.labels.isEmpty })
    #expect(drawing.panels[1].xTicks.allSatisfy { !$0.labels.isEmpty })
  }

  @Test func legendIsDirectRightOrTopAsThereIsRoom() throws {
    let direct = try budgetPlot().layout(size: columnSize, measure: plainMeasure)
    #expect(direct.legend.allSatisfy { $0.sample.width == 0 })
    // All lines end at one height: direct labels would stand away from theirs.
    let same = (0..<5).flatMap { s in
      [0.0, 1].map { [Cell.text("series \(s)"), .number($0), .number(1 + $0)] }
    }
    var plot = Plot(
      DataFrame(columns: ["s", "x", "y"], rows: same), x: "x", y: "y", color: "s")
    let right = try plot.layout(size: columnSize, measure: plainMeasure)
    #expect(right.legend.allSatisfy { $0.sample.x > right.panels[0].area.maxX })
    #expect(right.legend.map(\.label.text) == (0..<5).map { "series \($0)" })
    plot.legend = .top
    let top = try plot.layout(size: columnSize, measure: plainMeasure)
    #expect(top.legend.allSatisfy { $0.label.box.maxY < top.panels[0].area.y })
    plot.legend = .none
    #expect(try plot.layout(size: columnSize, measure: plainMeasure).legend.isEmpty)
  }

  @Test(
    "long names on an axis stay whole: in lines, turned or upright", arguments: [84.0, 140, 60])
  func longNames(millimetres: Double) throws {
    let names = [
      "a very long name of a method that has to be turned", "another long name, with a setting",
      "swav-wild, 400 identities, 200 epochs", "moco/queue of 65,536", "scratch",
    ]
    let rows = names.enumerated().map { [Cell.text($1), .number(Double($0 + 1))] }
    let plot = Plot(
      DataFrame(columns: ["name", "seconds"], rows: rows), marks: [.bar], x: "name", y: "seconds")
    let size = Size.millimetres(millimetres, 80)
    let drawing = try plot.layout(size: size)
    let page = Rectangle(origin: Point(0, 0), size: size)
    let labels = drawing.panels[0].xTicks.map(\.labels)
    func letters(_ text: String) -> String { text.filter { $0 != " " } }
    #expect(labels.map { letters($0.map(\.text).joined()) } == names.map(letters))
    for label in labels.joined() {
      #expect(page.contains(label.box, tolerance: 0.5), "\(label.text) \(label.box)")
      #expect(label.box.y >= drawing.panels[0].area.maxY)
    }
    // Upright lines stand side by side.
    let upright = labels.joined().filter { $0.degrees == -90 }.map(\.box)
    expectApart(upright, "\(millimetres) mm")
    #expect(upright.isEmpty == (millimetres > 60))
  }

  @Test("an axis has two ticks or more")
  func ticksTellTheScale() {
    for ends in [4.6...7.4, 0.517...0.583, -0.4...0.9] {
      let ticks = Scale(kind: .linear, domain: ends).ticks(about: 2)
      #expect(ticks.count >= 2, "\(ends)")
    }
  }

  @Test func seriesDifferInColourDashAndMarker() {
    let styles = (0..<12).map(Theme.paper.style)
    #expect(Set(styles).count == 12)
    // Points have no dash, bars neither dash nor marker.
    for theme in [Theme.paper, .dark] {
      let styles = (0..<12).map(theme.style)
      let points = styles.map { SeriesStyle(colour: $0.colour, dash: [], marker: $0.marker) }
      #expect(Set(points).count == 12)
      #expect(Set(styles.prefix(10).map(\.colour)).count == 10)
      #expect(styles.allSatisfy { $0.colour.contrast(to: theme.background) >= 3 })
    }
    #expect(Set(styles.prefix(5).map(\.colour)).count == 5)
    #expect(Set(styles.prefix(5).map(\.dash)).count == 5)
    #expect(Set(styles.prefix(5).map(\.marker)).count == 5)
    let paper = Theme.paper.background
    #expect(styles.allSatisfy { $0.colour.contrast(to: paper) >= 3 })
    #expect(styles.allSatisfy { $0.colour.readable(on: paper).contrast(to: paper) >= 4.5 })
  }
}
