import Graphics
import Statistics

/// Marks for distributions and for parts of a whole.
extension MarkLayout {
  private func colour(_ series: PlotData.Series) -> Colour {
    plot.theme.style(series.index).colour
  }

  private func rows(_ series: PlotData.Series) -> [(x: Double, values: [Double])] {
    Dictionary(grouping: series.rows, by: \.x)
      .map { ($0.key, $0.value.map(\.y)) }
      .sorted { $0.0 < $1.0 }
  }

  // MARK: Boxes and violins

  func boxes(_ series: PlotData.Series) -> [PlotDrawing.Mark] {
    rows(series).flatMap { x, values -> [PlotDrawing.Mark] in
      guard let summary = try? BoxSummary(values) else { return [] }
      return box(summary, at: point(x, summary.median, shift: barCentre(series)).x, colour(series))
    }
  }

  private func box(
    _ summary: BoxSummary, at x: Double, _ colour: Colour
  ) -> [PlotDrawing.Mark] {
    let half = min(11, barWidth * 0.36) * (plot.marks.contains(.violin) ? 0.32 : 1)
    let body = Rectangle(
      x: x - half, y: y(summary.upperQuartile), width: 2 * half,
      height: y(summary.lowerQuartile) - y(summary.upperQuartile))
    var lines = Path.line(Point(x, y(summary.upperQuartile)), Point(x, y(summary.upperWhisker)))
    lines.append(.line(Point(x, y(summary.lowerQuartile)), Point(x, y(summary.lowerWhisker))))
    let fill = colour.withAlpha(0.3).composited(over: plot.theme.background)
    let outline = StrokeStyle(colour, width: 0.8)
    var marks: [PlotDrawing.Mark] = [
      .shape(lines, fill: nil, stroke: outline),
      .shape(.rectangle(body), fill: fill, stroke: outline),
      .shape(
        .line(Point(x - half, y(summary.median)), Point(x + half, y(summary.median))), fill: nil,
        stroke: StrokeStyle(plot.theme.ink, width: 1.4)),
    ]
    guard !plot.marks.contains(.violin), !plot.marks.contains(.point) else { return marks }
    for value in summary.outliers {
      marks.append(
        .shape(.circle(centre: Point(x, y(value)), radius: 1.3), fill: nil, stroke: outline))
    }
    return marks
  }

  /// The density on both sides of the middle, all violins of a plot with the same greatest width;
  /// equal values have a line for it.
  func violins(_ series: PlotData.Series) -> [PlotDrawing.Mark] {
    rows(series).flatMap { x, values -> [PlotDrawing.Mark] in
      guard let summary = try? BoxSummary(values) else { return [] }
      let centre = point(x, summary.median, shift: barCentre(series)).x
      let box = plot.marks.contains(.box) ? [] : self.box(summary, at: centre, colour(series))
      guard let density = try? KernelDensity(values) else { return box }
      return [outline(density, values, at: centre, colour(series))] + box
    }
  }

  private func outline(
    _ density: KernelDensity, _ values: [Double], at x: Double, _ colour: Colour
  ) -> PlotDrawing.Mark {
    // Cut at the values' own ends: beyond them nothing was measured.
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    let places = (0...48).map { low + (high - low) * Double($0) / 48 }
    let heights = places.map { density($0) }
    let scale = barWidth * 0.46 / (heights.max() ?? 1)
    let right = zip(places, heights).map { Point(x + $1 * scale, y($0)) }
    let left = zip(places, heights).map { Point(x - $1 * scale, y($0)) }
    return .shape(
      .polygon(right + left.reversed()), fill: colour.withAlpha(0.28),
      stroke: StrokeStyle(colour, width: 0.7, roundJoin: true))
  }

  // MARK: Histograms and areas

  /// Bins as one outline, so that neighbours have no seams.
  func histogram(_ series: PlotData.Series) -> PlotDrawing.Mark {
    let half = data.binWidth / 2
    let base = y(0)
    var points: [Point] = []
    for value in series.values where !value.mean.isNaN {
      let (left, right) = (point(value.x - half, value.mean), point(value.x + half, value.mean))
      if let last = points.last, abs(last.x - left.x) > 0.01 {
        points += [Point(last.x, base), Point(left.x, base)]
      } else if points.isEmpty {
        points.append(Point(left.x, base))
      }
      points += [left, right]
    }
    if let last = points.last { points.append(Point(last.x, base)) }
    return .shape(
      .polygon(points), fill: colour(series).withAlpha(data.seriesNames.count > 1 ? 0.3 : 0.55),
      stroke: StrokeStyle(colour(series), width: 0.9))
  }

  func areaMark(_ series: PlotData.Series) -> PlotDrawing.Mark {
    let values = series.values.filter { !$0.mean.isNaN }
    let base = yScale.isLogarithmic ? area.maxY : min(area.maxY, max(area.y, y(0)))
    let line = values.map { point($0.x, $0.mean) }
    guard let first = line.first, let last = line.last else {
      return .shape(Path(), fill: nil, stroke: nil)
    }
    return .shape(
      .polygon([Point(first.x, base)] + line + [Point(last.x, base)]),
      fill: colour(series).withAlpha(0.25), stroke: nil)
  }

  // MARK: Stacks

  /// Bars on top of each other, values below zero downwards.
  func stackedBars(_ series: [PlotData.Series]) -> [PlotDrawing.Mark] {
    let width = min(34, 0.66 * barSlot)
    var tops: [Double: (up: Double, down: Double)] = [:]
    var marks: [PlotDrawing.Mark] = []
    for one in series {
      for value in one.values where !value.mean.isNaN {
        var top = tops[value.x] ?? (0, 0)
        let from = value.mean >= 0 ? top.up : top.down
        if value.mean >= 0 { top.up += value.mean } else { top.down += value.mean }
        tops[value.x] = top
        let (a, b) = (point(value.x, from), point(value.x, from + value.mean))
        marks.append(
          .bar(
            Rectangle(x: a.x - width / 2, y: min(a.y, b.y), width: width, height: abs(a.y - b.y)),
            colour: colour(one)))
      }
    }
    return marks
  }

  // MARK: Text

  /// Each row's word beside its place and within the area, where no word of the panel and no marker
  /// stands yet; where there is no such place, rather over a marker than over a word.
  func texts(_ panel: PlotData.Panel) -> [PlotDrawing.Mark] {
    let markers = plot.marks.contains(.point) ? panel.series.flatMap(markerBoxes) : []
    var taken: [Rectangle] = []
    func isFree(_ box: Rectangle, of others: [Rectangle]) -> Bool {
      !others.contains { box.intersects($0) }
    }
    let rise = plot.marks.contains(where: { $0 != .text }) ? plot.theme.markerRadius + 1 : 0
    return panel.series.flatMap { series -> [PlotDrawing.Mark] in
      let style = plot.theme.note.with {
        $0.colour = colour(series).readable(on: plot.theme.background)
      }
      return zip(series.rows, series.texts).compactMap { row, word in
        guard !word.isEmpty else { return nil }
        let place = point(row.x, row.y, shift: shift(series))
        let boxes = places(of: text.size(word, style), about: place, rise: rise)
        let free = boxes.filter { isFree($0, of: taken) }
        let box = free.first { isFree($0, of: markers) } ?? free.first ?? boxes[0]
        taken.append(box)
        return .text(text.label(word, style, at: box.origin))
      }
    }
  }

  private func markerBoxes(_ series: PlotData.Series) -> [Rectangle] {
    let radius = plot.theme.markerRadius
    return series.rows.map { row in
      let place = point(row.x, row.y, shift: shift(series))
      return Rectangle(
        x: place.x - radius, y: place.y - radius, width: 2 * radius, height: 2 * radius)
    }
  }

  private func places(of size: Size, about place: Point, rise: Double) -> [Rectangle] {
    let middle = Point(place.x - size.width / 2, place.y - size.height / 2)
    let corners =
      rise == 0
      ? [middle]
      : [
        Point(middle.x, place.y - rise - size.height), Point(middle.x, place.y + rise),
        Point(place.x + rise + 1, middle.y), Point(place.x - rise - 1 - size.width, middle.y),
        Point(place.x + rise, place.y - rise - size.height), Point(place.x + rise, place.y + rise),
        Point(place.x - rise - size.width, place.y - rise - size.height),
        Point(place.x - rise - size.width, place.y + rise),
      ]
    return corners.map { corner in
      let x = max(area.x + 1, min(area.maxX - size.width - 1, corner.x))
      let y = max(area.y, min(area.maxY - size.height - 1, corner.y))
      return Rectangle(origin: Point(x, y), size: size)
    }
  }
}
