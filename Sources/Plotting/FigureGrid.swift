public import Graphics
public import Statistics

/// Several figures in rows of equal columns, drawn as one.
public struct FigureGrid: Figure, Sendable {
  public var figures: [any Figure]
  public var columns: Int
  /// Between figures, in points.
  public var gap: Double

  public init(_ figures: [any Figure], columns: Int = 2, gap: Double = 14) {
    (self.figures, self.columns, self.gap) = (figures, max(1, columns), gap)
  }

  private var rows: [[any Figure]] {
    stride(from: 0, to: figures.count, by: columns).map {
      Array(figures[$0..<min($0 + columns, figures.count)])
    }
  }

  private func columnWidth(_ width: Double) -> Double {
    (width - gap * Double(columns - 1)) / Double(columns)
  }

  /// Heights of the rows, each that of its highest figure.
  private func heights(width: Double) -> [Double] {
    let side = columnWidth(width)
    return rows.map { row in row.map { $0.naturalSize(width: side).height }.max() ?? 0 }
  }

  public func naturalSize(width: Double) -> Size {
    let heights = heights(width: width)
    return Size(width: width, height: heights.reduce(0, +) + gap * Double(max(0, rows.count - 1)))
  }

  /// Draws the figures in their natural proportions, made smaller where the box is too low for them.
  ///
  /// - Throws: `PlotError` with `.noData` for no figures, else what the figures throw.
  public func draw(on canvas: Canvas, in box: Rectangle) throws {
    guard !figures.isEmpty else {
      throw PlotError(.noData, "a grid of figures needs at least one, and there are none.")
    }
    let natural = naturalSize(width: box.width).height
    let scale = natural > box.height && natural > 0 ? box.height / natural : 1
    let (side, heights) = (columnWidth(box.width), heights(width: box.width))
    var y = box.y
    for (row, height) in zip(rows, heights) {
      for (column, figure) in row.enumerated() {
        let x = box.x + Double(column) * (side + gap)
        try figure.draw(
          on: canvas, in: Rectangle(x: x, y: y, width: side, height: height * scale))
      }
      y += (height + gap) * scale
    }
  }

  /// The figures' numbers below each other: figure (from 1), then the columns of all.
  public func dataFrame() throws -> DataFrame {
    let frames = try figures.map { try $0.dataFrame() }
    var columns: [String] = []
    for frame in frames { columns += frame.columns.filter { !columns.contains($0) } }
    let rows = frames.enumerated().flatMap { number, frame in
      let places = columns.map { frame.index(of: $0) }
      return frame.rows.map { row in
        [Cell.integer(number + 1)] + places.map { $0.map { row[$0] } ?? .missing }
      }
    }
    return DataFrame(columns: ["figure"] + columns, rows: rows)
  }

  public var alternativeText: String { figures.map(\.alternativeText).joined(separator: " ") }

  public func prepared() throws -> any Figure {
    var grid = self
    grid.figures = try figures.map { try $0.prepared() }
    return grid
  }
}
