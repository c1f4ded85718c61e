public import Graphics

extension Plot {
  /// Lays the plot out: pure numbers, nothing is drawn.
  ///
  /// All labels are measured first, and the axes get the room that is left, so nothing is
  /// clipped whatever the texts.
  /// - Parameters: size: of the figure in points; measure: width and height of a line of text.
  /// - Throws: `PlotError` for data that cannot be plotted, with `.tooSmall` where labels leave
  ///   no room for axes.
  public func layout(
    size: Size, measure: @escaping (String, TextStyle) -> Size = { TextLayout($0, $1).size }
  ) throws -> PlotDrawing {
    try PreparedPlot(self).layout(size: size, measure: measure)
  }
}

/// One attempt at a layout: margins, then panels, then what stands in them.
struct PlotLayout {
  let plot: Plot
  let data: PlotData
  let size: Size
  let text: TextFitting

  var theme: Theme { plot.theme }
  /// A page of another colour is seen to have an edge, which letters must not touch.
  var edge: Double { theme.background == .white ? 2 : 7 }
  let tickLength = 2.5
  let tickGap = 4.5
  let columnGap = 11.0

  /// The places for a legend in the order of trial.
  var placements: [Plot.LegendPlacement] {
    guard data.seriesNames.count > 1, plot.color != plot.x else { return [.none] }
    switch plot.legend {
    case .automatic: return canLabelDirectly ? [.direct, .right, .top] : [.right, .top]
    case .direct: return [.direct, .right, .top]
    case .right: return [.right, .top]
    case .top: return [.top]
    case .none: return [.none]
    }
  }

  private var canLabelDirectly: Bool {
    plot.marks.contains(.line) && !plot.marks.contains(where: \.needsCategories)
      && data.panels.count == 1 && !plot.hasEqualUnits
      && data.seriesNames.count <= 5
  }

  // MARK: Scales

  private var shownValues: [(x: Double, low: Double, high: Double)] {
    let series = data.panels.flatMap(\.series)
    let showsMeans = !plot.marks.allSatisfy(\.showsRows)
    var result = series.flatMap { one in
      one.values.filter { showsMeans && !$0.mean.isNaN }.map { value in
        let spread = plot.showsSpread || plot.marks.contains(.band) ? value.deviation ?? 0 : 0
        let low = value.mean - spread
        // A lower end without a logarithm does not count.
        let isUsable = data.yKind != .log10 || low > 0
        return (value.x, isUsable ? low : value.mean, value.mean + spread)
      }
    }
    if plot.marks.contains(where: \.showsRows) {
      result += series.flatMap(\.rows).map { ($0.x, $0.y, $0.y) }
    }
    if plot.marks.contains(.stackedBar) { result += data.stackedSums.map { ($0.x, 0, $0.sum) } }
    return result
  }

  func xScale() -> Scale {
    let isPercent = plot.percentAxes.contains(.x)
    let scale = Scale.spanning(data.xKind, xValues, padding: xPadding).inPercent(isPercent)
    guard let range = plot.xRange, !scale.isNamed else { return scale }
    return Scale(kind: data.xKind, domain: range, isPercent: isPercent)
  }

  /// Bins reach half a bin beyond their centres.
  private var xValues: [Double] {
    var values = shownValues.map(\.x) + plot.rules.filter { $0.axis == .x }.map(\.value)
    if plot.marks.contains(.histogram) {
      let half = data.binWidth / 2
      values += [(values.min() ?? 0) - half, (values.max() ?? 0) + half]
    }
    return values
  }

  private var xPadding: Double {
    if case .budget = data.xKind { return 0.07 }
    return plot.marks.contains(.histogram) ? 0.01 : 0.025
  }

  func yScale() -> Scale {
    let isPercent = plot.percentAxes.contains(.y)
    if let range = plot.yRange {
      return Scale(kind: data.yKind, domain: range, isPercent: isPercent)
    }
    var values = shownValues.flatMap { [$0.low, $0.high] }
    values += plot.rules.filter { $0.axis == .y }.map(\.value)
      .filter { $0.isFinite && (data.yKind != .log10 || $0 > 0) }
    // The length of a bar is its value, so bars start at zero; lines do where zero is near.
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    let isNearZero = low > 0 && low < 0.3 * high
    let startsAtZero = plot.marks.contains(where: \.standsOnZero) || isNearZero
    return Scale.spanning(
      data.yKind, values, padding: 0.06, includingZero: startsAtZero && data.yKind == .linear
    ).inPercent(isPercent)
  }

  // MARK: The attempt

  func drawing(_ placement: Plot.LegendPlacement) -> PlotDrawing? {
    let legend = LegendLayout(
      names: data.seriesNames, theme: theme, text: text,
      showsLine: plot.marks.contains(.line), showsMarker: showsMarkersInLegend,
      isSolid: data.isDense)
    guard let frame = PlotFrame(self, legend: legend, placement: placement) else { return nil }
    var (xScale, yScale) = (xScale(), yScale())
    guard var axes = PanelAxes(self, frame: frame, xScale: xScale, yScale: yScale) else {
      return nil
    }
    if plot.hasEqualUnits {
      (xScale, yScale) = Self.equalized(xScale, yScale, axes.area(0))
      guard let again = PanelAxes(self, frame: frame, xScale: xScale, yScale: yScale) else {
        return nil
      }
      axes = again
    }
    let panels = data.panels.indices.map { panel($0, axes: axes, xScale, yScale) }
    guard let (title, entries) = entries(legend, placement, frame: frame, axes: axes, panels)
    else { return nil }
    return PlotDrawing(
      size: size, panels: panels,
      labels: frame.labels(self, block: axes.block) + (title.map { [$0] } ?? []),
      legend: entries, theme: theme)
  }

  private var showsMarkersInLegend: Bool {
    !plot.marks.contains(where: \.needsCategories)
      && (plot.marks.contains(.line) && plot.showsMarkers || plot.marks.contains(.point))
  }

  private func entries(
    _ legend: LegendLayout, _ placement: Plot.LegendPlacement, frame: PlotFrame, axes: PanelAxes,
    _ panels: [PlotDrawing.Panel]
  ) -> (PlotDrawing.Label?, [PlotDrawing.LegendEntry])? {
    switch placement {
    case .none, .automatic: return (nil, [])
    case .top:
      return (nil, legend.top(at: Point(edge, frame.legendTop), width: size.width - 2 * edge))
    case .right:
      let found = legend.right(
        title: legendTitle, at: Point(size.width - frame.right + 10, axes.block.y))
      guard (found.entries.last?.label.box.maxY ?? 0) <= size.height - edge else { return nil }
      return found
    case .direct:
      guard let panel = panels.first else { return nil }
      let ends = data.seriesNames.indices.map { index in
        data.panels[0].series.first { $0.index == index }
          .flatMap { $0.values.last { !$0.mean.isNaN } }
          // A name stands at its line's end, or it is no label of the line.
          .flatMap { panel.xScale.position($0.x) > 0.85 ? $0 : nil }
          .map { panel.point($0.x, $0.mean).y }
      }
      let found = legend.direct(
        ends: ends, left: panel.area.maxX + 5, within: panel.area.y...panel.area.maxY)
      return found.map { (nil, $0) }
    }
  }

  var legendTitle: String { plot.color.map(AxisTitle.text) ?? "" }

  private func panel(
    _ index: Int, axes: PanelAxes, _ xScale: Scale, _ yScale: Scale
  ) -> PlotDrawing.Panel {
    let area = axes.area(index)
    let source = data.panels[index]
    let marks = MarkLayout(
      plot: plot, data: data, area: area, xScale: xScale, yScale: yScale, text: text)
    let title = source.title
    let style = text.shrunk(title, theme.panelTitle, width: area.width)
    let height = text.size("Ag", style).height
    return PlotDrawing.Panel(
      area: area,
      title: title.isEmpty
        ? nil
        : text.label(title, style, centre: Point(area.centre.x, area.y - 3 - height / 2)),
      marks: rules(area, xScale, yScale) + marks.marks(source)
        + (index == 0 ? annotations(area, xScale, yScale) : []), xTicks: axes.xTicks(index),
      yTicks: axes.yTicks(index), xScale: xScale, yScale: yScale,
      clipsSharply: plot.xRange != nil || plot.yRange != nil)
  }
}
