public import Statistics

extension PlotData {
  /// What error bars, bands and smoothing mean, for the foot of the figure.
  func note(_ plot: Plot) -> String {
    var sentences: [String] = []
    let counts = panels.flatMap(\.series).flatMap(\.values).map(\.count).filter { $0 > 0 }
    let showsMeans = !plot.marks.allSatisfy(\.showsRows)
    if showsMeans, let least = counts.min(), let most = counts.max(), most > 1 {
      let shown =
        plot.showsSpread || plot.marks.contains(.band) || plot.marks.contains(.errorBar)
      let number = least == most ? "\(most)" : "\(least)–\(most)"
      sentences.append(
        shown ? "Mean ± standard deviation, n = \(number)." : "Mean, n = \(number).")
    }
    if plot.smoothing > 0, showsMeans {
      sentences.append(
        "Smoothed: exponential moving average, weight \(plot.smoothing); raw values pale.")
    }
    if plot.marks.contains(.box) {
      sentences.append(
        "Boxes: quartiles; whiskers to the outermost values within 1.5 interquartile ranges.")
    }
    if plot.marks.contains(.violin) { sentences.append("Violins: Gaussian kernel, Scott's width.") }
    if !plot.note.isEmpty { sentences.append(plot.note) }
    return sentences.joined(separator: " ")
  }
}

extension Plot {
  /// One row for each point shown: facet, colour, x, mean of y, `y.sd` and `n`; the raw rows of
  /// a plot of points alone. Smoothed means are in `y`, those before smoothing in `y.raw`.
  public func dataFrame() throws -> DataFrame {
    let data = try PlotData(self)
    // A column that plays two roles stands once.
    let showsFacet = facet != nil && facet != x && facet != color
    let showsColor = color != nil && color != x
    let groups = (showsFacet ? [facet] : []) + (showsColor ? [color] : [])
    let isRaw = marks.allSatisfy(\.showsRows)
    var columns = groups.compactMap { $0 } + [x, y]
    if !isRaw { columns += [y + ".sd", "n"] + (smoothing > 0 ? [y + ".raw"] : []) }
    var rows: [[Cell]] = []
    for panel in data.panels {
      for series in panel.series {
        var head: [Cell] = []
        if showsFacet { head.append(.text(panel.title)) }
        if showsColor { head.append(.text(series.name)) }
        if isRaw {
          rows += series.rows.map { head + [data.cell(x: $0.x), .number($0.y)] }
        } else {
          rows += series.values.map { head + data.cells($0, withRaw: smoothing > 0) }
        }
      }
    }
    return DataFrame(columns: columns, rows: rows)
  }

  public var alternativeText: String {
    guard let data = try? PlotData(self) else { return "A plot of \(y) against \(x)." }
    let kind = Self.kind(of: marks)
    let names = data.seriesNames.filter { !$0.isEmpty }
    let who = names.isEmpty ? "" : " for " + names.joined(separator: ", ")
    let ends = data.panels.count == 1 ? data.panels[0].series.compactMap(data.course) : []
    return "\(kind) of \(AxisTitle.text(for: y)) against \(AxisTitle.text(for: x))\(who)."
      + ends.map { " " + $0 }.joined()
  }

  private static func kind(of marks: [Mark]) -> String {
    let kinds: [(Mark, String)] = [
      (.bar, "Bar chart"), (.stackedBar, "Stacked bar chart"), (.violin, "Violin plot"),
      (.box, "Box plot"), (.histogram, "Histogram"), (.line, "Line plot"), (.area, "Area plot"),
      (.point, "Scatter plot"),
    ]
    return kinds.first { marks.contains($0.0) }?.1 ?? "Plot"
  }
}

extension PlotData {
  fileprivate func cell(x: Double) -> Cell { xNames?[x].map(Cell.text) ?? .number(x) }

  fileprivate func cells(_ value: Value, withRaw: Bool) -> [Cell] {
    func number(_ value: Double) -> Cell { value.isNaN ? .missing : .number(value) }
    return [
      cell(x: value.x), number(value.mean), value.deviation.map(Cell.number) ?? .missing,
      .integer(value.count),
    ] + (withRaw ? [number(value.raw)] : [])
  }

  /// "scratch: 14.2 at 1% to 5.1 at 100%."
  fileprivate func course(_ series: Series) -> String? {
    let values = series.values.filter { !$0.mean.isNaN }
    guard let first = values.first, let last = values.last, first.x < last.x else { return nil }
    func place(_ value: Value) -> String {
      let x = xNames?[value.x] ?? NumberText.significant(value.x)
      return "\(NumberText.significant(value.mean)) at \(x)"
    }
    return "\(series.name.isEmpty ? "From" : series.name + ":") \(place(first)) to \(place(last))."
  }
}
