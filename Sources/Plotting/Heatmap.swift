public import Graphics
public import Statistics

/// A matrix as coloured cells with their numbers: a confusion matrix, a grid of settings.
public struct Heatmap: LaidOutFigure, Sendable {
  public var rowLabels: [String]
  public var columnLabels: [String]
  /// By row; NaN for a cell without a value.
  public var values: [[Double]]
  /// What stands in the cells, and is told by colour.
  public enum Content: Sendable, Hashable {
    case values
    /// Shares of the row's sum, in per cent; the counts below them.
    case sharesOfRow
  }
  public var content: Content
  public var rowTitle: String
  public var columnTitle: String
  public var title: String
  public var theme: Theme

  public init(
    values: [[Double]], rows: [String], columns: [String], content: Content = .values,
    rowTitle: String = "", columnTitle: String = "", title: String = "", theme: Theme = .paper
  ) {
    (self.values, rowLabels, columnLabels) = (values, rows, columns)
    (self.content, self.rowTitle, self.columnTitle) = (content, rowTitle, columnTitle)
    (self.title, self.theme) = (title, theme)
  }

  /// Counts of a true and a predicted label: rows are true, columns predicted, in the same order.
  ///
  /// - Parameter count: a column that says how often a row counts; nil where each is one case.
  /// - Throws: `PlotError` for columns, no rows or more than 40 labels.
  public static func confusion(
    _ data: DataFrame, truth: String, predicted: String, count: String? = nil
  ) throws -> Heatmap {
    let (rows, columns) = (
      try PlotData.column(truth, in: data), try PlotData.column(predicted, in: data)
    )
    let labels = (rows + columns).distinct
    guard !labels.isEmpty, labels.count <= 40 else {
      throw PlotError(
        labels.isEmpty ? .noData : .tooManyGroups,
        "a confusion matrix needs 1 to 40 labels, and \(truth) and \(predicted) have "
          + "\(labels.count).", context: truth)
    }
    let positions = Dictionary(uniqueKeysWithValues: zip(labels, labels.indices))
    let weights = try count.map { try PlotData.column($0, in: data).map { $0.numericValue ?? 0 } }
    var counts = labels.map { _ in [Double](repeating: 0, count: labels.count) }
    for (index, (row, column)) in zip(rows, columns).enumerated() {
      guard let i = positions[row], let j = positions[column] else { continue }
      counts[i][j] += weights?[index] ?? 1
    }
    let names = labels.map(\.displayName)
    return Heatmap(
      values: counts, rows: names, columns: names, content: .sharesOfRow,
      rowTitle: "True", columnTitle: "Predicted")
  }

  /// The mean of a column over two others.
  ///
  /// - Throws: `PlotError` for columns.
  public static func means(
    _ data: DataFrame, row: String, column: String, value: String
  ) throws -> Heatmap {
    let numbers = try PlotData.column(value, in: data).map { $0.numericValue ?? .nan }
    let (rows, columns) = (
      try PlotData.column(row, in: data), try PlotData.column(column, in: data)
    )
    let (rowCells, columnCells) = (ordered(rows), ordered(columns))
    let values = rowCells.map { i in
      columnCells.map { j -> Double in
        let found = numbers.indices.filter {
          rows[$0] == i && columns[$0] == j && numbers[$0].isFinite
        }
        return (try? Summary(found.map { numbers[$0] }))?.mean ?? .nan
      }
    }
    guard values.joined().contains(where: \.isFinite) else {
      throw PlotError(.noData, "no row has \(row), \(column) and \(value).", context: value)
    }
    return Heatmap(
      values: values, rows: rowCells.map(\.displayName), columns: columnCells.map(\.displayName),
      rowTitle: AxisTitle.text(for: row), columnTitle: AxisTitle.text(for: column))
  }

  private static func ordered(_ cells: [Cell]) -> [Cell] {
    let distinct = cells.filter { $0 != .missing }.distinct
    return LabelBudget.sorted(distinct) ?? distinct
  }

  /// What colours the cells, as a share of the scale, and what they say.
  private func cell(_ row: Int, _ column: Int) -> (share: Double, words: String)? {
    let value = values[row][column]
    guard value.isFinite else { return nil }
    if content == .sharesOfRow {
      let sum = values[row].reduce(0, +)
      let share = sum > 0 ? value / sum : 0
      return (share, sum > 0 ? NumberText.fixed(100 * share, decimals: 0) : "–")
    }
    let finite = values.joined().filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    return (
      high > low ? (value - low) / (high - low) : 0.5, NumberText.significant(value, digits: 3)
    )
  }
}

extension Heatmap {
  public func naturalSize(width: Double) -> Size {
    let rows = Double(max(1, rowLabels.count))
    let cell = min(34, 0.75 * width / Double(max(1, columnLabels.count)))
    return Size(width: width, height: max(90, rows * max(cell * 0.8, 15) + 62))
  }

  public func layout(
    size: Size, measure: @escaping (String, TextStyle) -> Size
  ) throws -> FigureDrawing {
    guard !values.isEmpty, !columnLabels.isEmpty, values.count == rowLabels.count,
      values.allSatisfy({ $0.count == columnLabels.count })
    else { throw PlotError(.noData, "a heatmap needs a value for each row and column.") }
    let text = TextFitting(measure)
    var drawing = FigureDrawing(size: size)
    var y = 2.0
    addTitle(title, to: &drawing, text, y: &y)
    let line = text.size("0", theme.label).height
    let longest = 0.34 * size.width
    let names = rowNames(width: longest, size, text)
    let nameWidth = names.joined().map { text.size($0, theme.tick).width }.max() ?? 0
    let left = 2 + (rowTitle.isEmpty ? 0 : line + 3) + nameWidth + 4
    let scale = Scale(
      kind: .categorical(columnLabels), domain: -0.5...(Double(columnLabels.count) - 0.5))
    let legendWidth = 34.0
    let width = size.width - left - legendWidth - 4
    let ticks = XAxisLabels.fitting(
      scale, width: max(10, width), height: 0.4 * size.height, style: theme.tick, text: text)
    let foot = ticks.height + 4 + (columnTitle.isEmpty ? 0 : line + 2) + 2
    let note = content == .sharesOfRow ? "Per cent of the row's count." : ""
    let noteHeight = note.isEmpty ? 0 : text.size(note, theme.note).height + 2
    let area = Rectangle(
      x: max(left, ticks.leftOverhang + 2), y: y,
      width: width - max(0, ticks.leftOverhang + 2 - left),
      height: size.height - y - foot - noteHeight)
    guard area.width >= 20, area.height >= 16 else { throw tooSmall(size) }
    addCells(to: &drawing, area, text)
    addRowNames(names, to: &drawing, area, text, line)
    for tick in ticks.ticks(scale, below: area, gap: 3, style: theme.tick, text: text) {
      drawing.labels += tick.labels
    }
    if !columnTitle.isEmpty {
      let top = area.maxY + 4 + ticks.height + line / 2
      drawing.labels.append(text.label(columnTitle, theme.label, centre: Point(area.centre.x, top)))
    }
    if !note.isEmpty {
      drawing.labels.append(
        text.label(note, theme.note, at: Point(2, size.height - noteHeight)))
    }
    addLegend(to: &drawing, area, text)
    return drawing
  }

  private func addCells(to drawing: inout FigureDrawing, _ area: Rectangle, _ text: TextFitting) {
    let (width, height) = (
      area.width / Double(columnLabels.count), area.height / Double(rowLabels.count)
    )
    let widest =
      rowLabels.indices.flatMap { row in
        columnLabels.indices.compactMap { cell(row, $0)?.words }
      }.map { text.size($0, theme.tick).width }.max() ?? 0
    // One size for all cells; none where it could not be read.
    let share = min(
      1, (width - 2) / max(widest, 1), (height - 1) / text.size("0", theme.tick).height)
    let style = theme.tick.with { $0.size *= share }
    for row in rowLabels.indices {
      for column in columnLabels.indices {
        let box = Rectangle(
          x: area.x + Double(column) * width, y: area.y + Double(row) * height, width: width,
          height: height)
        guard let cell = cell(row, column) else { continue }
        let colour = ColourRamp.sequential(cell.share, on: theme.background)
        drawing.shapes.append(.fill(.rectangle(box), colour))
        guard style.size >= 4 else { continue }
        let ink = colour.contrast(to: .black) > colour.contrast(to: .white) ? Colour.black : .white
        drawing.labels.append(
          text.label(cell.words, style.with { $0.colour = ink }, centre: box.centre))
      }
    }
    drawing.shapes.append(
      .stroke(.rectangle(area), StrokeStyle(theme.mutedInk, width: 0.5)))
  }

  /// The rows' names, in as many lines as a row has room for.
  private func rowNames(width: Double, _ size: Size, _ text: TextFitting) -> [[String]] {
    let row = 0.5 * size.height / Double(rowLabels.count)
    let lines = max(1, Int(row / text.size("0", theme.tick).height))
    return rowLabels.map { text.name($0, theme.tick, width: width, lines: lines) }
  }

  private func addRowNames(
    _ names: [[String]], to drawing: inout FigureDrawing, _ area: Rectangle, _ text: TextFitting,
    _ line: Double
  ) {
    let height = area.height / Double(names.count)
    let every = max(1, Int((text.size("0", theme.tick).height / height).rounded(.up)))
    for (index, name) in names.enumerated() where index.isMultiple(of: every) {
      drawing.labels += text.labels(
        name, theme.tick, at: area.x - 4, middle: area.y + (Double(index) + 0.5) * height,
        endsThere: true)
    }
    guard !rowTitle.isEmpty else { return }
    let style = text.shrunk(rowTitle, theme.label, width: area.height)
    drawing.labels.append(
      text.label(rowTitle, style, centre: Point(2 + line / 2, area.centre.y), degrees: -90))
  }

  /// The colours from least to greatest beside the cells.
  private func addLegend(to drawing: inout FigureDrawing, _ area: Rectangle, _ text: TextFitting) {
    let bar = Rectangle(x: area.maxX + 8, y: area.y, width: 7, height: min(area.height, 90))
    for step in 0..<32 {
      let box = Rectangle(
        x: bar.x, y: bar.maxY - bar.height * Double(step + 1) / 32, width: bar.width,
        height: bar.height / 32 + 0.2)
      drawing.shapes.append(
        .fill(
          .rectangle(box), ColourRamp.sequential((Double(step) + 0.5) / 32, on: theme.background)))
    }
    drawing.shapes.append(.stroke(.rectangle(bar), StrokeStyle(theme.mutedInk, width: 0.4)))
    let finite = values.joined().filter(\.isFinite)
    let (low, high) =
      content == .sharesOfRow
      ? ("0", "100")
      : (
        NumberText.significant(finite.min() ?? 0, digits: 2),
        NumberText.significant(finite.max() ?? 1, digits: 2)
      )
    for (words, y) in [(high, bar.y), (low, bar.maxY)] {
      let style = text.shrunk(words, theme.note, width: 17)
      let box = text.size(words, style)
      let top = max(bar.y, min(bar.maxY - box.height, y - box.height / 2))
      drawing.labels.append(text.label(words, style, at: Point(bar.maxX + 2.5, top)))
    }
  }

  public func dataFrame() throws -> DataFrame {
    let rows = rowLabels.indices.flatMap { row in
      columnLabels.indices.map { column -> [Cell] in
        let value = values[row][column]
        return [
          .text(rowLabels[row]), .text(columnLabels[column]),
          value.isFinite ? .number(value) : .missing,
        ]
      }
    }
    return DataFrame(
      columns: [
        rowTitle.isEmpty ? "row" : rowTitle, columnTitle.isEmpty ? "column" : columnTitle,
        "value",
      ], rows: rows)
  }

  public var alternativeText: String {
    let kind = content == .sharesOfRow ? "Confusion matrix" : "Heatmap"
    return "\(kind) of \(rowLabels.count) rows (\(rowLabels.joined(separator: ", "))) and "
      + "\(columnLabels.count) columns (\(columnLabels.joined(separator: ", ")))."
  }
}
