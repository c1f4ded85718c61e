import Graphics
import Statistics

/// A plot whose data have been read: the one reading serves its layout, numbers and words.
struct PreparedPlot: Figure {
  let plot: Plot
  let data: PlotData

  /// - Throws: `PlotError` where the data cannot be plotted as asked.
  init(_ plot: Plot) throws { (self.plot, data) = (plot, try PlotData(plot)) }

  func naturalSize(width: Double) -> Size { plot.naturalSize(width: width) }

  func draw(on canvas: Canvas, in box: Rectangle) throws {
    try layout(size: box.size).draw(on: canvas, at: box.origin)
  }

  func layout(
    size: Size, measure: @escaping (String, TextStyle) -> Size = { TextLayout($0, $1).size }
  ) throws -> PlotDrawing {
    let layout = PlotLayout(plot: plot, data: data, size: size, text: TextFitting(measure))
    for placement in layout.placements {
      if let drawing = layout.drawing(placement) { return drawing }
    }
    throw PlotError(
      .tooSmall,
      "\(NumberText.fixed(size.width / pointsPerMillimetre, decimals: 0)) × "
        + "\(NumberText.fixed(size.height / pointsPerMillimetre, decimals: 0)) mm leaves no room "
        + "for the axes beside the labels; make the figure larger or the labels shorter.")
  }
}

extension PreparedPlot {
  func dataFrame() throws -> DataFrame {
    let (x, y, facet, color) = (plot.x, plot.y, plot.facet, plot.color)
    // A column that plays two roles stands once.
    let showsFacet = facet != nil && facet != x && facet != color
    let showsColor = color != nil && color != x
    let groups = (showsFacet ? [facet] : []) + (showsColor ? [color] : [])
    let isRaw = plot.marks.allSatisfy(\.showsRows)
    var columns = groups.compactMap { $0 } + [x, y]
    if !isRaw { columns += [y + ".sd", "n"] + (plot.smoothing > 0 ? [y + ".raw"] : []) }
    var rows: [[Cell]] = []
    for panel in data.panels {
      for series in panel.series {
        var head: [Cell] = []
        if showsFacet { head.append(.text(panel.title)) }
        if showsColor { head.append(.text(series.name)) }
        if isRaw {
          rows += series.rows.map { head + [data.cell(x: $0.x), .number($0.y)] }
        } else {
          rows += series.values.map { head + data.cells($0, withRaw: plot.smoothing > 0) }
        }
      }
    }
    return DataFrame(columns: columns, rows: rows)
  }

  var alternativeText: String {
    let kind = Self.kind(of: plot.marks)
    let names = data.seriesNames.filter { !$0.isEmpty }
    let who = names.isEmpty ? "" : " for " + names.joined(separator: ", ")
    let ends = data.panels.count == 1 ? data.panels[0].series.compactMap(data.course) : []
    return "\(kind) of \(AxisTitle.text(for: plot.y)) against \(AxisTitle.text(for: plot.x))\(who)."
      + ends.map { " " + $0 }.joined()
  }

  private static func kind(of marks: [Plot.Mark]) -> String {
    let kinds: [(Plot.Mark, String)] = [
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
