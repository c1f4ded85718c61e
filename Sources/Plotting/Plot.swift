public import Graphics
public import Statistics

/// A plot as a description: data, marks, and which column means what.
///
/// Rows that agree in x, colour and facet are repetitions (seeds): lines and bars show their
/// mean, with the standard deviation as error bars or a band. NaN and missing y leave a gap.
public struct Plot: Sendable, Hashable {
  public enum Mark: Sendable, Hashable {
    /// Means joined by a line.
    case line
    /// Every row by itself, not averaged.
    case point
    /// Means as bars from zero, side by side by colour.
    case bar
    /// Mean ± standard deviation as an area, or as bars with caps.
    case band, errorBar
  }

  public enum ScaleChoice: Sendable, Hashable {
    /// Numbers on a linear scale; label budgets ("1%", "10%") spaced by their logarithm; other
    /// text by category.
    case automatic
    case linear, log10, categorical
  }

  public enum LegendPlacement: Sendable, Hashable {
    /// At the lines' ends if they leave room, else on the right, else on top.
    case automatic
    case direct, right, top, none
  }

  /// A straight line across the plot at a value of y, with a name.
  public struct Rule: Sendable, Hashable {
    public var value: Double
    public var label: String

    public init(y value: Double, label: String = "") { (self.value, self.label) = (value, label) }
  }

  public var data: DataFrame
  public var marks: [Mark]
  /// Columns' names.
  public var x: String
  public var y: String
  public var color: String?
  public var facet: String?
  public var title: String
  /// nil for a title made from the column's name; "" for none.
  public var xTitle: String?
  public var yTitle: String?
  public var xScale: ScaleChoice = .automatic
  public var yScale: ScaleChoice = .automatic
  /// nil for a range that holds all data.
  public var xRange: ClosedRange<Double>?
  public var yRange: ClosedRange<Double>?
  /// Weight of the past in an exponential moving average over x, 0 (none) to below 1.
  public var smoothing: Double = 0
  /// Whether lines and bars without an explicit band or error bar get one where rows repeat.
  public var showsSpread = true
  public var rules: [Rule] = []
  public var legend: LegendPlacement = .automatic
  public var theme: Theme = .paper

  public init(
    _ data: DataFrame, marks: [Mark] = [.line], x: String, y: String, color: String? = nil,
    facet: String? = nil, title: String = ""
  ) {
    (self.data, self.marks, self.x, self.y) = (data, marks, x, y)
    (self.color, self.facet, self.title) = (color, facet, title)
  }
}

extension Plot: Figure {
  public func naturalSize(width: Double) -> Size {
    let panels = facet.flatMap(data.values(of:)).map { Set($0).count } ?? 1
    let columns = PanelGrid.columns(panels)
    let rows = (panels + columns - 1) / max(1, columns)
    let panelHeight = columns == 1 ? 0.58 * width : 0.85 * width / Double(columns)
    return Size(width: width, height: max(120, Double(max(1, rows)) * panelHeight + 30))
  }

  public func draw(on canvas: Canvas, in box: Rectangle) throws {
    try layout(size: box.size).draw(on: canvas, at: box.origin)
  }
}
