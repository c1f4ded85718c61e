import Statistics

/// A plot's data in panels and series: cells read, repetitions averaged, smoothing applied.
struct PlotData {
  /// What a series shows at one x.
  struct Value: Hashable {
    let x: Double
    /// NaN for a gap.
    var mean: Double
    /// nil for fewer than two repetitions.
    var deviation: Double?
    let count: Int
    /// The mean before smoothing.
    let raw: Double
  }

  struct Series {
    let name: String
    /// Among all series of the plot: chooses the style.
    let index: Int
    /// Ascending in x.
    var values: [Value]
    /// Every row with an x and a finite y, in the data's order.
    var rows: [(x: Double, y: Double)]
    /// What the mark `text` writes, by row.
    var texts: [String] = []
  }

  struct Panel {
    let title: String
    let series: [Series]
  }

  let panels: [Panel]
  let seriesNames: [String]
  let xKind: Scale.Kind
  let yKind: Scale.Kind
  /// The x values' names, for tables; nil where they are numbers.
  let xNames: [Double: String]?

  /// - Throws: `PlotError` where the data cannot be plotted as asked.
  init(_ plot: Plot) throws {
    try Self.check(plot)
    let xCells = try Self.column(plot.x, in: plot.data)
    let ys = try Self.numbers(in: Self.column(plot.y, in: plot.data), of: plot.y)
    let texts = try plot.text.map { try Self.column($0, in: plot.data).map(\.displayName) }
    let axis = try CategoryAxis(xCells, plot: plot)
    let colours = try Groups(plot.color, role: "color", in: plot.data, limit: 12)
    let facets = try Groups(plot.facet, role: "facet", in: plot.data, limit: 24)
    var grouped = GroupedRows(panels: facets.names.count, series: colours.names.count)
    for row in ys.indices {
      guard let x = axis.value(xCells[row]) else { continue }
      grouped.add(
        x: x, y: ys[row], text: texts?[row], panel: facets.of[row], series: colours.of[row])
    }
    panels = facets.names.indices.map { panel in
      Panel(
        title: facets.names[panel],
        series: colours.names.indices.map { index in
          grouped.series(panel, index, name: colours.names[index], smoothing: plot.smoothing)
        }.filter { !$0.values.isEmpty })
    }
    seriesNames = colours.names
    (xKind, xNames) = (axis.kind, axis.names)
    yKind =
      switch plot.yScale {
      case .log10: .log10
      case .symlog(let threshold): .symlog(threshold: threshold)
      default: .linear
      }
    let series = panels.flatMap(\.series)
    isDense = series.contains { $0.values.count >= 26 }
    hasSpread = series.contains { $0.values.contains { $0.deviation != nil } }
    try checkValues(plot)
  }

  /// Whether a line has so many points that it gets a marker here and there only, no dashes, and
  /// its spread as a band.
  let isDense: Bool
  let hasSpread: Bool

  private static func check(_ plot: Plot) throws {
    guard plot.smoothing >= 0, plot.smoothing < 1 else {
      throw PlotError(
        .invalidOption, "smoothing is \(plot.smoothing): use 0 (none) up to 0.999.",
        context: "smoothing")
    }
    for (name, range) in [("x", plot.xRange), ("y", plot.yRange)] {
      guard let range else { continue }
      guard range.lowerBound.isFinite, range.upperBound.isFinite,
        range.lowerBound < range.upperBound
      else {
        throw PlotError(.invalidOption, "the range of \(name) is empty: \(range).", context: name)
      }
    }
    guard !plot.marks.isEmpty else {
      throw PlotError(.invalidOption, "the plot has no marks: use line, point, bar or band.")
    }
    if plot.marks.contains(.text), plot.text == nil {
      throw PlotError(
        .invalidOption, "the mark text needs a column of texts: text: COLUMN.", context: "text")
    }
    for case .symlog(let threshold) in [plot.xScale, plot.yScale] where !(threshold > 0) {
      throw PlotError(
        .invalidOption, "a symlog scale needs a threshold above zero, not \(threshold).",
        context: "symlog")
    }
  }

  static func column(_ name: String, in data: DataFrame) throws -> [Cell] {
    guard let cells = data.values(of: name) else {
      throw PlotError(
        .unknownColumn,
        "there is no column \(name); the data has \(data.columns.joined(separator: ", ")).",
        context: name)
    }
    return cells
  }

  private static func numbers(in cells: [Cell], of column: String) throws -> [Double] {
    try cells.map { cell in
      switch cell {
      case .missing: return .nan
      case .text(let text):
        throw PlotError(
          .notNumeric,
          "column \(column) has the text \"\(text)\" where the plot needs a number.",
          context: column)
      case .boolean(let value): return value ? 1 : 0
      default: return cell.numericValue.flatMap { $0.isFinite ? $0 : nil } ?? .nan
      }
    }
  }

  private func checkValues(_ plot: Plot) throws {
    let values = panels.flatMap(\.series).flatMap(\.values)
    guard values.contains(where: { !$0.mean.isNaN }) else {
      let why = plot.data.rows.isEmpty ? "the data has no rows" : "no row has both x and y"
      throw PlotError(
        .noData, "nothing to plot of \(plot.y) against \(plot.x): \(why).", context: plot.y)
    }
    if yKind == .log10 {
      try checkPositive(values.map(\.raw) + (plot.yRange.map { [$0.lowerBound] } ?? []), plot.y)
    }
    if xKind == .log10 {
      try checkPositive(values.map(\.x) + (plot.xRange.map { [$0.lowerBound] } ?? []), plot.x)
    }
  }

  private func checkPositive(_ values: [Double], _ column: String) throws {
    let bad = values.filter { $0 <= 0 }
    guard let first = bad.first else { return }
    throw PlotError(
      .notPositive,
      "\(column) has \(bad.count) value\(bad.count == 1 ? "" : "s") of zero or below "
        + "(such as \(NumberText.significant(first))), which a logarithmic scale cannot show; use "
        + "a linear scale or leave those rows out.",
      context: column)
  }
}

/// The distinct cells of a column, and which of them each row has.
private struct Groups {
  let names: [String]
  let of: [Int]

  init(_ column: String?, role: String, in data: DataFrame, limit: Int) throws {
    guard let column else {
      (names, of) = ([""], Array(repeating: 0, count: data.rows.count))
      return
    }
    let cells = try PlotData.column(column, in: data)
    let distinct = cells.distinct
    guard distinct.count <= limit else {
      throw PlotError(
        .tooManyGroups,
        "\(role): \(column) has \(distinct.count) different values and at most \(limit) can be "
          + "told apart; filter the rows or choose another column.",
        context: column)
    }
    let positions = Dictionary(uniqueKeysWithValues: zip(distinct, distinct.indices))
    names = distinct.isEmpty ? [""] : distinct.map(\.displayName)
    var (last, place): (Cell?, Int) = (nil, 0)
    of = cells.map { cell in
      if cell != last { (last, place) = (cell, positions[cell] ?? 0) }
      return place
    }
  }
}

/// Rows sorted into panels and series.
private struct GroupedRows {
  private struct Group {
    var rows: [(x: Double, y: Double)] = []
    /// By row, where the plot writes texts.
    var texts: [String] = []
  }

  private var groups: [[Group]]

  init(panels: Int, series: Int) {
    groups = Array(repeating: Array(repeating: Group(), count: series), count: panels)
  }

  mutating func add(x: Double, y: Double, text: String?, panel: Int, series: Int) {
    groups[panel][series].rows.append((x, y))
    if let text { groups[panel][series].texts.append(text) }
  }

  func series(_ panel: Int, _ index: Int, name: String, smoothing: Double) -> PlotData.Series {
    let group = groups[panel][index]
    let sorted = Self.sorted(group.rows)
    var values: [PlotData.Value] = []
    values.reserveCapacity(sorted.count)
    var start = 0
    while start < sorted.count {
      var end = start + 1
      while end < sorted.count, sorted[end].x == sorted[start].x { end += 1 }
      values.append(Self.value(x: sorted[start].x, sorted[start..<end]))
      start = end
    }
    if smoothing > 0 { Self.smooth(&values, weight: smoothing) }
    return PlotData.Series(
      name: name, index: index, values: values, rows: group.rows.filter { $0.y.isFinite },
      texts: zip(group.rows, group.texts).filter { $0.0.y.isFinite }.map(\.1))
  }

  /// Ascending in x; a stable order makes sums, and so the figure's bytes, independent of the rows'
  /// order in x.
  private static func sorted(_ rows: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
    if zip(rows, rows.dropFirst()).allSatisfy({ $0.x <= $1.x }) { return rows }
    return rows.enumerated().sorted {
      ($0.element.x, $0.offset) < ($1.element.x, $1.offset)
    }.map(\.element)
  }

  private static func value(
    x: Double, _ rows: ArraySlice<(x: Double, y: Double)>
  ) -> PlotData.Value {
    if rows.count == 1, let y = rows.first?.y, y.isFinite {
      return PlotData.Value(x: x, mean: y, deviation: nil, count: 1, raw: y)
    }
    // Of no values there is no summary: a gap.
    let summary = try? Summary(rows.map(\.y).filter(\.isFinite))
    let mean = summary?.mean ?? .nan
    return PlotData.Value(
      x: x, mean: mean, deviation: summary?.standardDeviation, count: summary?.count ?? 0,
      raw: mean)
  }

  /// Exponential moving average, corrected for its start at zero as in Adam (Kingma and Ba 2015,
  /// Eq. 3): the first value stays as it is. A gap stays a gap.
  private static func smooth(_ values: inout [PlotData.Value], weight: Double) {
    var (mean, deviation, remaining) = (0.0, 0.0, 1.0)
    for index in values.indices where !values[index].mean.isNaN {
      remaining *= weight
      mean = weight * mean + (1 - weight) * values[index].mean
      deviation = weight * deviation + (1 - weight) * (values[index].deviation ?? 0)
      values[index].mean = mean / (1 - remaining)
      if values[index].deviation != nil { values[index].deviation = deviation / (1 - remaining) }
    }
  }
}
