/// An outline to stroke or fill, in points; a value, drawn by `Canvas`.
///
/// An element with a NaN or infinite coordinate is left out and breaks the line there.
public struct Path: Hashable, Sendable {
  enum Element: Hashable, Sendable {
    case move(Point)
    case line(Point)
    case curve(Point, Point, Point)
    case arc(centre: Point, radius: Double, from: Double, to: Double)
    case close
  }

  var elements: [Element] = []

  public init() {}

  public var isEmpty: Bool { elements.isEmpty }

  public mutating func move(to point: Point) { elements.append(.move(point)) }
  public mutating func line(to point: Point) { elements.append(.line(point)) }
  public mutating func curve(_ control1: Point, _ control2: Point, to point: Point) {
    elements.append(.curve(control1, control2, point))
  }
  /// An arc about a centre, clockwise as seen, angles in radians from the x axis; a line
  /// joins it to what went before.
  public mutating func arc(centre: Point, radius: Double, from: Double, to: Double) {
    elements.append(.arc(centre: centre, radius: radius, from: from, to: to))
  }
  public mutating func close() { elements.append(.close) }
  public mutating func append(_ other: Path) { elements += other.elements }
}

extension Path {
  public static func line(_ from: Point, _ to: Point) -> Path { polyline([from, to]) }

  /// Straight lines through the points; a point that is not finite leaves a gap.
  public static func polyline(_ points: some Sequence<Point>) -> Path {
    var path = Path()
    var pen = false
    for point in points {
      guard point.isFinite else {
        pen = false
        continue
      }
      if pen { path.line(to: point) } else { path.move(to: point) }
      pen = true
    }
    return path
  }

  public static func polygon(_ points: some Sequence<Point>) -> Path {
    var path = polyline(points)
    path.close()
    return path
  }

  public static func rectangle(_ box: Rectangle, cornerRadius: Double = 0) -> Path {
    guard cornerRadius > 0 else {
      return polygon([
        Point(box.x, box.y), Point(box.maxX, box.y), Point(box.maxX, box.maxY),
        Point(box.x, box.maxY),
      ])
    }
    let radius = min(cornerRadius, box.width / 2, box.height / 2)
    let inner = box.inset(by: radius)
    var path = Path()
    let corners = [
      (inner.maxX, inner.y, -0.5), (inner.maxX, inner.maxY, 0), (inner.x, inner.maxY, 0.5),
      (inner.x, inner.y, 1),
    ]
    for (x, y, turn) in corners {
      path.arc(
        centre: Point(x, y), radius: radius, from: turn * .pi, to: (turn + 0.5) * .pi)
    }
    path.close()
    return path
  }

  public static func circle(centre: Point, radius: Double) -> Path {
    var path = Path()
    path.move(to: Point(centre.x + radius, centre.y))
    path.arc(centre: centre, radius: radius, from: 0, to: 2 * .pi)
    path.close()
    return path
  }
}
