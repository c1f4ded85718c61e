import Graphics

/// The margins that titles, legend and note take, and where those stand.
struct PlotFrame {
  private let title: TextFitting.Lines
  private let xTitle: TextFitting.Lines
  private let yTitle: TextFitting.Lines
  private let note: TextFitting.Lines
  private(set) var legendTop = 0.0
  private(set) var top = 0.0
  private(set) var left = 0.0
  private(set) var right = 0.0
  private(set) var bottom = 0.0

  /// nil where the legend's placement has no room.
  init?(_ layout: PlotLayout, legend: LegendLayout, placement: Plot.LegendPlacement) {
    let (plot, theme, text) = (layout.plot, layout.theme, layout.text)
    let (size, edge) = (layout.size, layout.edge)
    guard size.width.isFinite, size.height.isFinite, size.width > 20, size.height > 20 else {
      return nil
    }
    let width = size.width - 2 * edge
    right = edge
    switch placement {
    case .right:
      let legendWidth = legend.rightWidth(title: layout.legendTitle)
      guard legendWidth <= 0.36 * size.width else { return nil }
      right = edge + legendWidth + 10
    case .direct:
      guard legend.directWidth <= 0.3 * size.width else { return nil }
      right = edge + legend.directWidth + 5
    default: break
    }
    title = text.wrapped(plot.title, theme.title, width: width)
    xTitle = text.wrapped(
      plot.xTitle ?? AxisTitle.text(for: plot.x), theme.label, width: width - right)
    note = text.wrapped(layout.data.note(plot), theme.note, width: width)
    let heights = Self.height(title, text)
    let notes = Self.height(note, text)
    yTitle = text.wrapped(
      plot.yTitle ?? AxisTitle.text(for: plot.y), theme.label,
      width: (size.height - heights - notes) * 0.8)
    top = edge + heights + (title.isEmpty ? 0 : 3)
    legendTop = top
    if placement == .top { top += legend.topHeight(width: width) + 4 }
    left = edge + Self.height(yTitle, text) + (yTitle.isEmpty ? 0 : 3)
    bottom =
      edge + notes + (note.isEmpty ? 0 : 3)
      + Self.height(xTitle, text) + (xTitle.isEmpty ? 0 : 2)
  }

  private static func height(_ lines: TextFitting.Lines, _ text: TextFitting) -> Double {
    lines.map { text.size($0.0, $0.1).height }.reduce(0, +)
  }

  /// The texts of the frame about a block of panels.
  func labels(_ layout: PlotLayout, block: Rectangle) -> [PlotDrawing.Label] {
    let text = layout.text
    let (size, edge) = (layout.size, layout.edge)
    var labels: [PlotDrawing.Label] = []
    var y = edge
    for (line, style) in title {
      labels.append(text.label(line, style, at: Point(edge, y)))
      y += text.size(line, style).height
    }
    y = size.height - edge - Self.height(note, text)
    for (line, style) in note {
      labels.append(text.label(line, style, at: Point(edge, y)))
      y += text.size(line, style).height
    }
    y = size.height - bottom + 2
    for (line, style) in xTitle {
      let box = text.size(line, style)
      // Centred below the axes, but within the figure.
      let half = box.width / 2
      let x = max(edge + half, min(size.width - edge - half, block.centre.x))
      labels.append(text.label(line, style, centre: Point(x, y + box.height / 2)))
      y += box.height
    }
    var x = edge
    for (line, style) in yTitle {
      let box = text.size(line, style)
      let half = box.width / 2
      // Beside the axes, clear of title and note.
      let lowest = size.height - edge - Self.height(note, text) - half
      let middle = max(min(top + half, lowest), min(lowest, block.centre.y))
      labels.append(
        text.label(line, style, centre: Point(x + box.height / 2, middle), degrees: -90))
      x += box.height
    }
    return labels
  }
}
