import Graphics

/// Turns a panel's series into marks.
struct MarkLayout {
  let plot: Plot
  let data: PlotData
  let area: Rectangle
  let xScale: Scale
  let yScale: Scale
  let text: TextFitting

  func marks(_ panel: PlotData.Panel) -> [PlotDrawing.Mark] {
    let series = panel.series
    var marks: [PlotDrawing.Mark] = []
    if plot.showsDiagonal {
      marks.append(
        .shape(
          .line(Point(area.x, area.maxY), Point(area.maxX, area.y)), fill: nil,
          stroke: StrokeStyle(plot.theme.mutedInk, width: 0.6, dash: [2.5, 2])))
    }
    if plot.marks.contains(.bar) { marks += series.flatMap(bars) }
    if plot.marks.contains(.stackedBar) { marks += stackedBars(series) }
    if plot.marks.contains(.histogram) { marks += series.map(histogram) }
    if plot.marks.contains(.area) { marks += series.map(areaMark) }
    if plot.marks.contains(.violin) { marks += series.flatMap(violins) }
    if plot.marks.contains(.box) { marks += series.flatMap(boxes) }
    if showsBand { marks += series.compactMap(band) }
    if plot.marks.contains(.line) {
      if plot.smoothing > 0 { marks += series.map { line($0, isRaw: true) } }
      marks += series.map { line($0, isRaw: false) }
    }
    if showsErrorBars { marks += series.flatMap(errorBars) }
    if plot.marks.contains(.point) { marks += series.map(points) }
    if plot.marks.contains(.line), plot.showsMarkers { marks += series.compactMap(lineMarkers) }
    if plot.marks.contains(.text) { marks += texts(panel) }
    return marks
  }

  // MARK: Which marks

  private var isDense: Bool { data.isDense }
  private var hasSpread: Bool { data.hasSpread }

  private var asksForSpread: Bool {
    plot.marks.contains(.band) || plot.marks.contains(.errorBar)
  }

  var showsBand: Bool {
    guard hasSpread else { return false }
    if asksForSpread { return plot.marks.contains(.band) }
    return plot.showsSpread && plot.marks.contains(.line) && !plot.marks.contains(.bar)
      && isDense
  }

  var showsErrorBars: Bool {
    guard hasSpread else { return false }
    if asksForSpread { return plot.marks.contains(.errorBar) }
    let hasMeans = plot.marks.contains(.line) || plot.marks.contains(.bar)
    return plot.showsSpread && hasMeans && !showsBand
  }

  /// Series stand side by side, unless each has an x of its own.
  private var sideBySide: Int { plot.color == plot.x ? 1 : data.seriesNames.count }

  /// Where a series stands among those side by side, in widths of one from the middle.
  private func rank(_ series: PlotData.Series) -> Double {
    sideBySide == 1 ? 0 : Double(series.index) - Double(sideBySide - 1) / 2
  }

  // MARK: Places

  func y(_ value: Double) -> Double {
    area.maxY - yScale.position(value) * area.height
  }

  func point(_ x: Double, _ value: Double, shift: Double = 0) -> Point {
    Point(area.x + xScale.position(x) * area.width + shift, y(value))
  }

  /// Series are set a little apart where their error bars would cover each other.
  func shift(_ series: PlotData.Series) -> Double {
    if plot.marks.contains(where: \.needsCategories) {
      return plot.marks.contains(.stackedBar) ? 0 : barCentre(series)
    }
    guard showsErrorBars, xScale.isNamed || !isDense else { return 0 }
    return rank(series) * 2.4
  }

  // MARK: Marks

  private func line(_ series: PlotData.Series, isRaw: Bool) -> PlotDrawing.Mark {
    var style = plot.theme.style(series.index)
    if isDense { style.dash = [] }
    let shift = shift(series)
    let points = series.values.map { point($0.x, isRaw ? $0.raw : $0.mean, shift: shift) }
    return .line(
      points, style: style, width: plot.theme.lineWidth * (isRaw ? 0.5 : isDense ? 0.8 : 1),
      isRaw: isRaw)
  }

  private func lineMarkers(_ series: PlotData.Series) -> PlotDrawing.Mark? {
    var values = series.values.filter { !$0.mean.isNaN }
    guard !values.isEmpty else { return nil }
    let radius = plot.theme.markerRadius
    if isDense {
      guard data.seriesNames.count > 1 else { return nil }
      values = sparse(values, series.index)
    }
    let shift = shift(series)
    return .markers(
      values.map { point($0.x, $0.mean, shift: shift) }, style: plot.theme.style(series.index),
      radius: radius)
  }

  /// Some seven values of a line, evenly along the axis, each series' at places of its own.
  private func sparse(_ values: [PlotData.Value], _ index: Int) -> [PlotData.Value] {
    let offset = (Double(index) + 0.5) / Double(data.seriesNames.count)
    var result: [PlotData.Value] = []
    var next = 0.0
    for value in values {
      let place = xScale.position(value.x) * 7 - offset
      if place >= next {
        result.append(value)
        next = place.rounded(.down) + 1
      }
    }
    return result
  }

  private func points(_ series: PlotData.Series) -> PlotDrawing.Mark {
    let radius = plot.theme.markerRadius * (series.rows.count > 200 ? 0.6 : 0.9)
    let shift = shift(series)
    return .markers(
      series.rows.map { point($0.x, $0.y, shift: shift) }, style: plot.theme.style(series.index),
      radius: radius)
  }

  private func band(_ series: PlotData.Series) -> PlotDrawing.Mark? {
    guard series.values.contains(where: { $0.deviation != nil }) else { return nil }
    func edge(_ sign: Double) -> [Point] {
      series.values.map { value in
        let place = point(value.x, value.mean + sign * (value.deviation ?? 0))
        // A deviation above the mean has no place on a logarithmic scale.
        return place.y > area.maxY ? Point(place.x, area.maxY) : place
      }
    }
    return .band(
      upper: edge(1), lower: edge(-1), colour: plot.theme.style(series.index).colour)
  }

  private func errorBars(_ series: PlotData.Series) -> [PlotDrawing.Mark] {
    let isBar = plot.marks.contains(.bar)
    let colour = isBar ? plot.theme.ink : plot.theme.style(series.index).colour
    let cap = isBar ? min(3, barWidth / 3) : 2
    let shift = shift(series)
    return series.values.compactMap { value in
      guard let deviation = value.deviation, !value.mean.isNaN else { return nil }
      let place = point(value.x, value.mean, shift: shift)
      return .errorBar(
        x: place.x, top: max(area.y, y(value.mean + deviation)),
        // On a logarithmic scale a deviation above the mean reaches down to the axis.
        bottom: min(area.maxY, y(value.mean - deviation)), capHalfWidth: cap, colour: colour)
    }
  }

  // MARK: Bars

  var barSlot: Double {
    guard case .categorical(let names) = xScale.kind else { return area.width / 20 }
    return area.width / Double(max(1, names.count))
  }

  var barWidth: Double { min(34, 0.78 * barSlot / Double(sideBySide)) }

  func barCentre(_ series: PlotData.Series) -> Double {
    rank(series) * barWidth
  }

  private func bars(_ series: PlotData.Series) -> [PlotDrawing.Mark] {
    let base = yScale.isLogarithmic ? area.maxY : min(area.maxY, max(area.y, y(0)))
    // Neighbours of a group stand a hair apart.
    let width = barWidth * (sideBySide > 1 ? 0.92 : 1)
    return series.values.compactMap { value in
      guard !value.mean.isNaN else { return nil }
      let top = point(value.x, value.mean, shift: barCentre(series))
      return .bar(
        Rectangle(
          x: top.x - width / 2, y: min(top.y, base), width: width, height: abs(base - top.y)),
        colour: plot.theme.style(series.index).colour)
    }
  }
}
