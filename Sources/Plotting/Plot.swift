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
    /// The area between the means and zero.
    case area
    /// Means as bars on top of each other by colour.
    case stackedBar
    /// The rows' quartiles, whiskers and outliers (Tukey 1977); x by category.
    case box
    /// The rows' density on both sides of the category, with median and quartiles.
    case violin
    /// Bars as wide as the distance between neighbours in x, touching: counts in bins.
    case histogram
    /// The cells of the column `text` at every row's place.
    case text
  }

  public enum ScaleChoice: Sendable, Hashable {
    /// Numbers on a linear scale; label budgets ("1%", "10%") spaced by their logarithm; other
    /// text by category.
    case automatic
    case linear, log10, categorical
    /// Linear within ±threshold, logarithmic beyond.
    case symlog(threshold: Double)
  }

  public enum LegendPlacement: Sendable, Hashable {
    /// At the lines' ends if they leave room, else on the right, else on top.
    case automatic
    case direct, right, top, none
  }

  /// A straight line across the plot at a value of y or x, with a name.
  public struct Rule: Sendable, Hashable {
    public enum Axis: Sendable, Hashable { case x, y }

    public var axis: Axis
    public var value: Double
    public var label: String

    public init(y value: Double, label: String = "") {
      (axis, self.value, self.label) = (.y, value, label)
    }

    public init(x value: Double, label: String = "") {
      (axis, self.value, self.label) = (.x, value, label)
    }
  }

  /// Words at a place in the first panel.
  public struct Annotation: Sendable, Hashable {
    public var x: Double
    public var y: Double
    public var text: String

    public init(_ text: String, x: Double, y: Double) { (self.text, self.x, self.y) = (text, x, y) }
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
  /// Whether lines have markers at their points.
  public var showsMarkers = true
  public var rules: [Rule] = []
  public var annotations: [Annotation] = []
  /// The column whose cells the mark `text` writes.
  public var text: String?
  /// Axes whose values are fractions and whose ticks are in per cent.
  public var percentAxes: Set<Rule.Axis> = []
  /// Whether x and y have the same unit, so that a step is as long in both.
  public var hasEqualUnits = false
  /// A straight line from corner to corner: chance in a ROC.
  public var showsDiagonal = false
  /// Said at the foot of the figure beside what the marks mean.
  public var note = ""
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
    let panelHeight =
      hasEqualUnits
      ? 0.94 * width / Double(columns)
      : columns == 1 ? 0.58 * width : 0.85 * width / Double(columns)
    return Size(width: width, height: max(120, Double(max(1, rows)) * panelHeight + 30))
  }

  public func draw(on canvas: Canvas, in box: Rectangle) throws {
    try PreparedPlot(self).draw(on: canvas, in: box)
  }

  /// One row for each point shown: facet, colour, x, mean of y, `y.sd` and `n`; the raw rows of
  /// a plot of points alone. Smoothed means are in `y`, those before smoothing in `y.raw`.
  public func dataFrame() throws -> DataFrame { try PreparedPlot(self).dataFrame() }

  public var alternativeText: String {
    (try? PreparedPlot(self))?.alternativeText ?? "A plot of \(y) against \(x)."
  }

  public func prepared() throws -> any Figure { try PreparedPlot(self) }
}
