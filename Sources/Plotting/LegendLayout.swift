import Graphics

/// Finds places for the names of series.
struct LegendLayout {
  let names: [String]
  let theme: Theme
  let text: TextFitting
  let showsLine: Bool
  let showsMarker: Bool
  /// Whether the lines are drawn without their dashes.
  let isSolid: Bool

  private func look(_ index: Int) -> SeriesStyle {
    var style = theme.style(index)
    if isSolid { style.dash = [] }
    return style
  }

  private var sampleWidth: Double { showsLine ? 22 : 9 }
  private let gap = 4.0
  private var lineHeight: Double { text.size("Ag", theme.label).height }

  private func entryWidth(_ name: String) -> Double {
    sampleWidth + gap + text.size(name, theme.label).width
  }

  private func entry(_ index: Int, at point: Point, width: Double) -> PlotDrawing.LegendEntry {
    let style = text.shrunk(names[index], theme.label, width: width - sampleWidth - gap)
    let size = text.size(names[index], style)
    let middle = point.y + lineHeight / 2
    return PlotDrawing.LegendEntry(
      sample: Rectangle(x: point.x, y: point.y, width: sampleWidth, height: lineHeight),
      label: text.label(
        names[index], style, at: Point(point.x + sampleWidth + gap, middle - size.height / 2)),
      style: look(index), showsLine: showsLine, showsMarker: showsMarker)
  }

  // MARK: On the right

  func rightWidth(title: String) -> Double {
    max(names.map(entryWidth).max() ?? 0, text.size(title, theme.panelTitle).width)
  }

  func rightHeight(title: String) -> Double {
    Double(names.count + (title.isEmpty ? 0 : 1)) * (lineHeight + 1.5)
  }

  func right(
    title: String, at point: Point
  ) -> (title: PlotDrawing.Label?, entries: [PlotDrawing.LegendEntry]) {
    let pitch = lineHeight + 1.5
    let first = point.y + (title.isEmpty ? 0 : pitch)
    let heading = title.isEmpty ? nil : text.label(title, theme.panelTitle, at: point)
    let entries = names.indices.map { index in
      entry(
        index, at: Point(point.x, first + Double(index) * pitch), width: entryWidth(names[index]))
    }
    return (heading, entries)
  }

  // MARK: On top

  /// Rows of entries in columns, from a top left corner.
  func top(at point: Point, width: Double) -> [PlotDrawing.LegendEntry] {
    let columns = topColumns(width: width)
    let pitch = min(width, (names.map(entryWidth).max() ?? 0) + 14)
    // One row keeps each entry as wide as its own name.
    if columns >= names.count {
      var x = point.x
      return names.indices.map { index in
        defer { x += entryWidth(names[index]) + 14 }
        return entry(index, at: Point(x, point.y), width: entryWidth(names[index]))
      }
    }
    return names.indices.map { index in
      let (row, column) = (index / columns, index % columns)
      return entry(
        index,
        at: Point(
          point.x + Double(column) * pitch, point.y + Double(row) * (lineHeight + 1)),
        width: min(width, entryWidth(names[index])))
    }
  }

  func topHeight(width: Double) -> Double {
    let columns = topColumns(width: width)
    let rows = (names.count + columns - 1) / columns
    return Double(rows) * (lineHeight + 1)
  }

  private func topColumns(width: Double) -> Int {
    let oneRow = names.map(entryWidth).reduce(0, +) + 14 * Double(names.count - 1)
    if oneRow <= width { return names.count }
    let widest = (names.map(entryWidth).max() ?? 0) + 14
    return max(1, Int((width + 14) / widest))
  }

  // MARK: At the lines' ends

  var directWidth: Double { names.map { text.size($0, theme.label).width }.max() ?? 0 }

  /// Labels beside the lines' ends, moved apart; nil where one would end up away from its line.
  ///
  /// - Parameters: ends: the last point of each series, nil for one without; left: x of the
  ///   labels; within: the heights they must keep to.
  func direct(
    ends: [Double?], left: Double, within: ClosedRange<Double>
  ) -> [PlotDrawing.LegendEntry]? {
    guard !ends.contains(where: { $0 == nil }) else { return nil }
    let pitch = lineHeight * 0.92
    let order = ends.indices.sorted { (ends[$0] ?? 0) < (ends[$1] ?? 0) }
    var places = order.map { ends[$0] ?? 0 }
    guard let centres = Self.spread(&places, pitch: pitch, within: within) else { return nil }
    for (place, index) in zip(centres, order) where abs(place - (ends[index] ?? 0)) > pitch {
      return nil
    }
    let entries = zip(centres, order).map { place, index -> (Int, PlotDrawing.LegendEntry) in
      let style = theme.label.with {
        $0.colour = theme.style(index).colour.readable(on: theme.background)
      }
      let corner = Point(left, place - text.size(names[index], style).height / 2)
      return (
        index,
        PlotDrawing.LegendEntry(
          sample: Rectangle(x: left, y: place, width: 0, height: 0),
          label: text.label(names[index], style, at: corner), style: theme.style(index),
          showsLine: false, showsMarker: false)
      )
    }
    return entries.sorted { $0.0 < $1.0 }.map(\.1)
  }

  /// Moves ascending places apart to a pitch, each as little as may be.
  static func spread(
    _ places: inout [Double], pitch: Double, within: ClosedRange<Double>
  ) -> [Double]? {
    guard Double(places.count - 1) * pitch <= within.upperBound - within.lowerBound else {
      return nil
    }
    // Each overlap is shared by its two sides; a few rounds settle five labels.
    for _ in 0..<60 {
      for index in places.indices {
        places[index] = max(within.lowerBound, min(within.upperBound, places[index]))
      }
      for index in places.indices.dropFirst() {
        let overlap = pitch - (places[index] - places[index - 1])
        if overlap > 0 {
          places[index - 1] -= overlap / 2
          places[index] += overlap / 2
        }
      }
    }
    let isApart = zip(places, places.dropFirst()).allSatisfy { $1 - $0 >= pitch * 0.97 }
    return isApart ? places : nil
  }
}
