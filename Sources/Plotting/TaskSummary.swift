public import Graphics
public import Statistics

/// Methods on several tasks at a glance: a column of dots for each task, on a scale of its own, with
/// bars of the standard deviation. In place of a radar, whose areas mislead.
public struct TaskSummary: LaidOutFigure, Sendable {
  public struct Task: Sendable, Hashable {
    public var title: String
    public var better: MetricDirection?
    /// By method; nil where the method has no run.
    public var summaries: [Summary?]

    public init(title: String, better: MetricDirection?, summaries: [Summary?]) {
      (self.title, self.better, self.summaries) = (title, better, summaries)
    }
  }

  public var methods: [String]
  public var tasks: [Task]
  public var title: String
  public var theme: Theme

  public init(methods: [String], tasks: [Task], title: String = "", theme: Theme = .paper) {
    (self.methods, self.tasks, self.title, self.theme) = (methods, tasks, title, theme)
  }

  /// From a table whose columns are metrics.
  ///
  /// - Throws: `PlotError` for columns, or where no metric has a value.
  public init(_ data: DataFrame, metrics: [String], method: String) throws {
    let cells = try PlotData.column(method, in: data)
    let names = cells.distinct
    let tasks = try metrics.map { metric in
      let numbers = try PlotData.column(metric, in: data).map { $0.numericValue ?? .nan }
      return Task(
        title: AxisTitle.text(for: metric), better: MetricDirection.of(metric: metric),
        summaries: names.map { name in
          try? Summary(
            cells.indices.filter { cells[$0] == name && numbers[$0].isFinite }
              .map { numbers[$0] })
        })
    }.filter { $0.summaries.contains { $0 != nil } }
    guard !tasks.isEmpty else {
      throw PlotError(
        .noData, "no row has one of \(metrics.joined(separator: ", ")).", context: metrics.first)
    }
    self.init(methods: names.map(\.displayName), tasks: tasks)
  }
}

extension TaskSummary {
  /// The height of a method's row by the lines of its name.
  private func pitch(_ lines: Int) -> Double {
    theme.fontSize * (lines > 1 ? 0.4 + 1.15 * Double(lines) : 1.75)
  }

  private var note: String {
    let counts = tasks.flatMap(\.summaries).compactMap { $0?.count }
    let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
    let n = least == most ? "\(most)" : "\(least)–\(most)"
    return "Mean ± standard deviation, n = \(n); the ring marks the best mean of each task. Scales "
      + "differ."
  }

  /// Panels in rows, as many side by side as have room for an axis.
  private struct Grid {
    let names: [[String]]
    /// Where the panels begin, right of the methods' names.
    let left: Double
    let columns: Int
    let rows: Int
    let panelWidth: Double
    let heads: [TextFitting.Lines]
    /// Of a row's titles, and of the ticks below it.
    let headHeight: Double
    let tickHeight: Double

    static let gap = 12.0

    var lines: Int { names.map(\.count).max() ?? 1 }
  }

  private func grid(width: Double, _ text: TextFitting) -> Grid {
    let names = methods.map { text.name($0, theme.label, width: 0.26 * width, lines: 3) }
    let left = 8 + (names.joined().map { text.size($0, theme.label).width }.max() ?? 0)
    let room = width - left - 4
    let columns = max(1, min(tasks.count, Int((room + Grid.gap) / (60 + Grid.gap))))
    let panelWidth = (room - Grid.gap * Double(columns - 1)) / Double(columns)
    let heads = tasks.map {
      text.wrapped($0.title, theme.panelTitle, width: panelWidth + Grid.gap - 8)
    }
    return Grid(
      names: names, left: left, columns: columns, rows: (tasks.count + columns - 1) / columns,
      panelWidth: panelWidth, heads: heads,
      headHeight: Double(heads.map(\.count).max() ?? 1) * text.size("Ag", theme.panelTitle).height
        + 3,
      tickHeight: text.size("0", theme.tick).height + 8)
  }

  public func naturalSize(width: Double) -> Size {
    let text = TextFitting { TextLayout($0, $1).size }
    let grid = grid(width: width, text)
    let row = Double(methods.count) * pitch(grid.lines) + grid.headHeight + grid.tickHeight
    return Size(
      width: width,
      height: Double(grid.rows) * row + height(of: title, theme.title, width, text)
        + height(of: note, theme.note, width, text) + 12)
  }

  private func height(
    of words: String, _ style: TextStyle, _ width: Double, _ text: TextFitting
  ) -> Double {
    text.wrapped(words, style, width: width - 4).reduce(0) { $0 + text.size($1.0, $1.1).height }
  }

  public func layout(
    size: Size, measure: @escaping (String, TextStyle) -> Size
  ) throws -> FigureDrawing {
    let text = TextFitting(measure)
    var drawing = FigureDrawing(size: size)
    var y = 2.0
    addTitle(title, to: &drawing, text, y: &y)
    let grid = grid(width: size.width, text)
    let notes = text.wrapped(note, theme.note, width: size.width - 4)
    let noteHeight = height(of: note, theme.note, size.width, text) + 3
    let pitch = (size.height - y - noteHeight) / Double(grid.rows)
    let height = pitch - grid.headHeight - grid.tickHeight
    guard grid.panelWidth >= 30, height >= Double(methods.count * grid.lines) * 6 else {
      throw tooSmall(size)
    }
    for row in 0..<grid.rows {
      let area = Rectangle(
        x: grid.left, y: y + Double(row) * pitch + grid.headHeight, width: grid.panelWidth,
        height: height)
      addNames(grid, to: &drawing, area, text)
      for column in 0..<grid.columns where row * grid.columns + column < tasks.count {
        let index = row * grid.columns + column
        let panel = area.offset(Double(column) * (grid.panelWidth + Grid.gap), 0)
        addHead(grid.heads[index], to: &drawing, panel, text)
        addPanel(tasks[index], to: &drawing, panel, text)
      }
    }
    var bottom = size.height - noteHeight + 3
    for (words, style) in notes {
      drawing.labels.append(text.label(words, style, at: Point(2, bottom)))
      bottom += text.size(words, style).height
    }
    return drawing
  }

  private func addNames(
    _ grid: Grid, to drawing: inout FigureDrawing, _ area: Rectangle, _ text: TextFitting
  ) {
    for (index, name) in grid.names.enumerated() {
      drawing.labels += text.labels(
        name, theme.label, at: grid.left - 6, middle: row(index, area), endsThere: true)
    }
  }

  /// A panel's title over it, its last line on the same height as those beside it.
  private func addHead(
    _ head: TextFitting.Lines, to drawing: inout FigureDrawing, _ panel: Rectangle,
    _ text: TextFitting
  ) {
    let line = text.size("Ag", theme.panelTitle).height
    var top = panel.y - 3 - Double(head.count) * line
    for (words, style) in head {
      let half = text.size(words, style).width / 2
      let x = max(2 + half, min(panel.centre.x, drawing.size.width - 2 - half))
      drawing.labels.append(text.label(words, style, centre: Point(x, top + line / 2)))
      top += line
    }
  }

  private func row(_ index: Int, _ area: Rectangle) -> Double {
    area.y + (Double(index) + 0.5) / Double(max(1, methods.count)) * area.height
  }

  private func addPanel(
    _ task: Task, to drawing: inout FigureDrawing, _ area: Rectangle, _ text: TextFitting
  ) {
    let ends = task.summaries.compactMap { $0 }.flatMap { summary -> [Double] in
      let spread = summary.standardDeviation ?? 0
      return [summary.mean - spread, summary.mean + spread]
    }.filter(\.isFinite)
    let scale = Scale.spanning(.linear, ends.isEmpty ? [0, 1] : ends, padding: 0.08)
    func x(_ value: Double) -> Double { area.x + scale.position(value) * area.width }
    for index in methods.indices {
      let y = row(index, area)
      drawing.shapes.append(
        .stroke(
          .line(Point(area.x, y), Point(area.maxX, y)), StrokeStyle(theme.grid, width: 0.5)))
    }
    let axis = Path.line(Point(area.x, area.maxY), Point(area.maxX, area.maxY))
    drawing.shapes.append(.stroke(axis, StrokeStyle(theme.ink, width: 0.6)))
    let labels = XAxisLabels.fitting(
      scale, width: area.width, height: text.size("0", theme.tick).height, style: theme.tick,
      text: text)
    for tick in labels.ticks(scale, below: area, gap: 4, style: theme.tick, text: text) {
      let (from, to) = (Point(tick.position, area.maxY), Point(tick.position, area.maxY + 2.5))
      drawing.shapes.append(.stroke(.line(from, to), StrokeStyle(theme.ink, width: 0.6)))
      drawing.labels += tick.labels.filter {
        $0.box.x >= area.x - 8 && $0.box.maxX <= drawing.size.width
      }
    }
    let best = bestIndex(task)
    for (index, summary) in task.summaries.enumerated() {
      guard let summary, summary.mean.isFinite else { continue }
      let (place, style) = (Point(x(summary.mean), row(index, area)), theme.style(index))
      if let deviation = summary.standardDeviation {
        let (low, high) = (x(summary.mean - deviation), x(summary.mean + deviation))
        drawing.shapes.append(
          .stroke(
            .line(Point(low, place.y), Point(high, place.y)), StrokeStyle(style.colour, width: 1.1))
        )
      }
      drawing.shapes.append(
        .fill(style.marker.path(at: place, radius: theme.markerRadius), style.colour))
      if index == best {
        drawing.shapes.append(
          .stroke(
            .circle(centre: place, radius: theme.markerRadius + 2.4),
            StrokeStyle(theme.ink, width: 0.7)))
      }
    }
  }

  private func bestIndex(_ task: Task) -> Int? {
    guard let better = task.better else { return nil }
    let means = task.summaries.enumerated().compactMap { index, summary in
      summary.flatMap { $0.mean.isFinite ? (index, $0.mean) : nil }
    }
    return means.min { better == .lower ? $0.1 < $1.1 : $0.1 > $1.1 }?.0
  }

  public func dataFrame() throws -> DataFrame {
    let rows = tasks.flatMap { task in
      zip(methods, task.summaries).map { method, summary -> [Cell] in
        [
          .text(task.title), .text(method), summary.map { .number($0.mean) } ?? .missing,
          summary?.standardDeviation.map { .number($0) } ?? .missing,
          .integer(summary?.count ?? 0),
        ]
      }
    }
    return DataFrame(columns: ["metric", "method", "mean", "sd", "n"], rows: rows)
  }

  public var alternativeText: String {
    let best = tasks.compactMap { task in
      bestIndex(task).map { "\(task.title): \(methods[$0])" }
    }
    return "Dot plot of \(methods.count) methods on \(tasks.count) tasks. Best mean – "
      + best.joined(separator: "; ") + "."
  }
}
