public import Graphics

/// A plot laid out: everything in its place in points from the figure's top left corner.
public struct PlotDrawing: Sendable, Hashable {
  /// A line of text about the centre of its box.
  public struct Label: Sendable, Hashable {
    public let text: String
    public let style: TextStyle
    /// What the text covers, turned as it is.
    public let box: Rectangle
    /// The turn about the box's centre, clockwise.
    public let degrees: Double
  }

  public struct AxisTick: Sendable, Hashable {
    /// x of a tick of the x axis, y of one of the y axis.
    public let position: Double
    public let isMinor: Bool
    /// The lines of its label; none where labels were thinned out.
    public let labels: [Label]
  }

  /// What stands in a panel, in the order of drawing.
  public enum Mark: Sendable, Hashable {
    /// Through the points; one that is NaN breaks the line.
    case line([Point], style: SeriesStyle, width: Double, isRaw: Bool)
    /// Between two lines, cut where either is NaN.
    case band(upper: [Point], lower: [Point], colour: Colour)
    case bar(Rectangle, colour: Colour)
    case errorBar(x: Double, top: Double, bottom: Double, capHalfWidth: Double, colour: Colour)
    case markers([Point], style: SeriesStyle, radius: Double)
    case rule(Point, Point, label: Label?)
    /// An outline, filled, stroked or both.
    case shape(Path, fill: Colour?, stroke: StrokeStyle?)
    case text(Label)
  }

  public struct Panel: Sendable, Hashable {
    /// The rectangle that the axes span.
    public let area: Rectangle
    public let title: Label?
    public let marks: [Mark]
    public let xTicks: [AxisTick]
    public let yTicks: [AxisTick]
    public let xScale: Scale
    public let yScale: Scale
    /// Whether marks end sharply at the area, as with a range that was asked for.
    let clipsSharply: Bool

    /// The place of a value.
    public func point(_ x: Double, _ y: Double) -> Point {
      Point(
        area.x + xScale.position(x) * area.width, area.maxY - yScale.position(y) * area.height)
    }
  }

  public struct LegendEntry: Sendable, Hashable {
    /// Where the sample of line, marker or bar stands; no width for a label at its line's end.
    public let sample: Rectangle
    public let label: Label
    public let style: SeriesStyle
    let showsLine: Bool
    let showsMarker: Bool
  }

  public let size: Size
  public let panels: [Panel]
  /// Title, axis titles, legend title, note.
  public let labels: [Label]
  public let legend: [LegendEntry]
  public let theme: Theme

  /// Every text of the figure.
  public var allLabels: [Label] {
    var all = labels + legend.map(\.label)
    for panel in panels {
      if let title = panel.title { all.append(title) }
      for tick in panel.xTicks + panel.yTicks { all += tick.labels }
    }
    return all
  }
}
