import Graphics

/// The panels' areas and ticks within a frame.
struct PanelAxes {
  private let grid: PanelGrid
  private let first: Rectangle
  private let rowGap: Double
  private let layout: PlotLayout
  private let xScale: Scale
  private let yScale: Scale
  private let xLabels: XAxisLabels
  private let yTickValues: [Tick]

  /// nil where the labels leave less than a stamp for each panel.
  init?(_ layout: PlotLayout, frame: PlotFrame, xScale: Scale, yScale: Scale) {
    (self.layout, self.xScale, self.yScale) = (layout, xScale, yScale)
    let grid = PanelGrid(count: layout.data.panels.count)
    self.grid = grid
    let (text, style) = (layout.text, layout.theme.tick)
    let lineHeight = text.size("0", style).height
    let titles = layout.data.panels.contains { !$0.title.isEmpty }
    let titleHeight = titles ? text.size("Ag", layout.theme.panelTitle).height + 4 : 0
    var area = Rectangle(
      x: frame.left + 25, y: frame.top + titleHeight,
      width: layout.size.width - frame.left - frame.right - 40,
      height: layout.size.height - frame.top - frame.bottom - titleHeight - 20)
    // At least half of the height is for the data.
    let most = (layout.size.height - frame.top - frame.bottom) / 2
    var labels = XAxisLabels.fitting(xScale, width: 100, height: most, style: style, text: text)
    var ticks: [Tick] = []
    var gap = 0.0
    // The y labels' width depends on the height that the x labels leave, and the other way
    // round: it settles in the second round.
    for _ in 0..<3 {
      ticks = yScale.ticks(about: max(2, min(7, Int(area.height / (lineHeight * 2.3)))))
      let yWidth = ticks.map { text.size($0.label, style).width }.max() ?? 0
      labels = .fitting(
        xScale, width: max(10, area.width), height: most, style: style, text: text)
      let left = max(frame.left + yWidth + layout.tickGap, layout.edge + labels.leftOverhang)
      let right = max(frame.right, layout.edge + labels.rightOverhang)
      let xHeight = labels.height + layout.tickGap
      let isRagged = !layout.data.panels.count.isMultiple(of: grid.columns)
      gap = titleHeight + (isRagged ? xHeight : 0) + 7
      // Neighbouring panels' outer labels meet in the gap between them.
      let overhang = grid.columns > 1 ? labels.leftOverhang + labels.rightOverhang : 0
      let columnGap = max(layout.columnGap, overhang + 5)
      let top = max(frame.top + titleHeight, layout.edge + lineHeight / 2)
      area = Rectangle(
        x: left, y: top,
        width: (layout.size.width - left - right - Double(grid.columns - 1) * columnGap)
          / Double(grid.columns),
        height: (layout.size.height - top - frame.bottom - xHeight - Double(grid.rows - 1) * gap)
          / Double(grid.rows))
      self.columnGap = columnGap
      guard area.width >= 30, area.height >= 24 else { return nil }
    }
    (first, rowGap, xLabels, yTickValues) = (area, gap, labels, ticks)
  }

  private var columnGap = 0.0

  func area(_ index: Int) -> Rectangle {
    grid.area(index, first: first, columnGap: columnGap, rowGap: rowGap)
  }

  /// The rectangle about all panels.
  var block: Rectangle {
    (0..<grid.count).map(area).reduce(first) { $0.union($1) }
  }

  func xTicks(_ index: Int) -> [PlotDrawing.AxisTick] {
    let ticks = xLabels.ticks(
      xScale, below: area(index), gap: layout.tickGap, style: layout.theme.tick,
      text: layout.text)
    return grid.isBottom(index) ? ticks : ticks.map(\.withoutLabels)
  }

  func yTicks(_ index: Int) -> [PlotDrawing.AxisTick] {
    let area = area(index)
    return yTickValues.map { tick in
      let y = area.maxY - yScale.position(tick.value) * area.height
      let size = layout.text.size(tick.label, layout.theme.tick)
      let centre = Point(area.x - layout.tickGap - size.width / 2, y)
      let isNamed = !tick.label.isEmpty && grid.isLeft(index)
      return PlotDrawing.AxisTick(
        position: y, isMinor: tick.label.isEmpty,
        labels: isNamed ? [layout.text.label(tick.label, layout.theme.tick, centre: centre)] : [])
    }
  }
}

extension PlotDrawing.AxisTick {
  fileprivate var withoutLabels: PlotDrawing.AxisTick {
    PlotDrawing.AxisTick(position: position, isMinor: isMinor, labels: [])
  }
}
