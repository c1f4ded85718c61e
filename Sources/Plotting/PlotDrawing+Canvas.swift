public import Graphics

extension PlotDrawing {
  /// Draws the figure with its top left corner at a point.
  public func draw(on canvas: Canvas, at origin: Point = Point(0, 0)) {
    canvas.saved {
      canvas.translate(origin.x, origin.y)
      if theme.background != .white {
        canvas.fill(.rectangle(Rectangle(origin: Point(0, 0), size: size)), theme.background)
      }
      for panel in panels { draw(panel, on: canvas) }
      for entry in legend { draw(entry, on: canvas) }
      for label in labels { label.draw(on: canvas) }
    }
  }

  private func draw(_ panel: Panel, on canvas: Canvas) {
    let area = panel.area
    for tick in panel.yTicks where !tick.isMinor {
      canvas.stroke(
        .line(Point(area.x, tick.position), Point(area.maxX, tick.position)),
        StrokeStyle(theme.grid, width: 0.5))
    }
    canvas.saved {
      // Half a marker may stand out where the range is the data's own.
      let spare = panel.clipsSharply ? 0 : theme.markerRadius + 1
      canvas.clip(to: .rectangle(area.inset(by: -spare)))
      for mark in panel.marks { mark.draw(on: canvas, theme: theme) }
    }
    drawAxes(panel, on: canvas)
    panel.title?.draw(on: canvas)
  }

  private func drawAxes(_ panel: Panel, on canvas: Canvas) {
    let area = panel.area
    let line = StrokeStyle(theme.ink, width: 0.6, cap: .square)
    canvas.stroke(
      .polyline([
        Point(area.x, area.y), Point(area.x, area.maxY), Point(area.maxX, area.maxY),
      ]), line)
    for tick in panel.xTicks {
      let length = tick.isMinor ? 1.5 : 2.5
      canvas.stroke(
        .line(Point(tick.position, area.maxY), Point(tick.position, area.maxY + length)),
        StrokeStyle(theme.ink, width: 0.6))
    }
    for tick in panel.yTicks {
      let length = tick.isMinor ? 1.5 : 2.5
      canvas.stroke(
        .line(Point(area.x, tick.position), Point(area.x - length, tick.position)),
        StrokeStyle(theme.ink, width: 0.6))
    }
    for label in (panel.xTicks + panel.yTicks).flatMap(\.labels) { label.draw(on: canvas) }
  }

  private func draw(_ entry: LegendEntry, on canvas: Canvas) {
    let (box, style) = (entry.sample, entry.style)
    if box.width > 0 {
      if entry.showsLine {
        canvas.stroke(
          .line(Point(box.x, box.centre.y), Point(box.maxX, box.centre.y)),
          StrokeStyle(style.colour, width: theme.lineWidth, dash: style.dash))
      }
      if entry.showsMarker {
        Mark.markers([box.centre], style: style, radius: theme.markerRadius)
          .draw(on: canvas, theme: theme)
      } else if !entry.showsLine {
        let side = min(box.width, 7)
        canvas.fill(
          .rectangle(
            Rectangle(
              x: box.x, y: box.centre.y - side / 2, width: box.width, height: side)),
          style.colour)
      }
    }
    entry.label.draw(on: canvas)
  }
}

extension PlotDrawing.Label {
  func draw(on canvas: Canvas) {
    let layout = TextLayout(text, style)
    canvas.saved {
      canvas.translate(box.centre.x, box.centre.y)
      canvas.rotate(radians: degrees * .pi / 180)
      canvas.text(layout, at: Point(-layout.size.width / 2, -layout.size.height / 2))
    }
  }
}

extension PlotDrawing.Mark {
  func draw(on canvas: Canvas, theme: Theme) {
    switch self {
    case .line(let points, let style, let width, let isRaw):
      let colour = isRaw ? style.colour.withAlpha(0.25) : style.colour
      let dash = isRaw ? [] : style.dash
      canvas.stroke(
        .polyline(points), StrokeStyle(colour, width: width, dash: dash, roundJoin: true))
    case .band(let upper, let lower, let colour):
      for (top, bottom) in Self.pieces(upper, lower) {
        canvas.fill(.polygon(top + bottom.reversed()), colour.withAlpha(0.18))
      }
    case .bar(let box, let colour): canvas.fill(.rectangle(box), colour)
    case .errorBar(let x, let top, let bottom, let cap, let colour):
      var path = Path.line(Point(x, top), Point(x, bottom))
      path.append(.line(Point(x - cap, top), Point(x + cap, top)))
      path.append(.line(Point(x - cap, bottom), Point(x + cap, bottom)))
      canvas.stroke(path, StrokeStyle(colour, width: 0.8))
    case .markers(let points, let style, let radius):
      for point in points where point.x.isFinite && point.y.isFinite {
        let path = style.marker.path(at: point, radius: radius)
        // A thin rim of paper parts a marker from what it covers.
        canvas.stroke(path, StrokeStyle(theme.background, width: 1))
        canvas.fill(path, style.colour)
      }
    case .rule(let from, let to, let label):
      canvas.stroke(
        .line(from, to), StrokeStyle(theme.mutedInk, width: 0.7, dash: [2.5, 2]))
      label?.draw(on: canvas)
    case .shape(let path, let fill, let stroke):
      if let fill { canvas.fill(path, fill) }
      if let stroke { canvas.stroke(path, stroke) }
    case .text(let label): label.draw(on: canvas)
    }
  }

  /// The stretches of a band that have no gap.
  private static func pieces(_ upper: [Point], _ lower: [Point]) -> [([Point], [Point])] {
    var pieces: [([Point], [Point])] = []
    var current: ([Point], [Point]) = ([], [])
    for (top, bottom) in zip(upper, lower) {
      if top.y.isFinite, bottom.y.isFinite {
        current.0.append(top)
        current.1.append(bottom)
      } else if !current.0.isEmpty {
        pieces.append(current)
        current = ([], [])
      }
    }
    return current.0.isEmpty ? pieces : pieces + [current]
  }
}
