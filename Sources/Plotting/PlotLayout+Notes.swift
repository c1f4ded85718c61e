import Graphics

extension PlotLayout {
  /// The scales with the domain widened whose unit would be the longer one.
  static func equalized(_ x: Scale, _ y: Scale, _ area: Rectangle) -> (Scale, Scale) {
    guard case .linear = x.kind, case .linear = y.kind else { return (x, y) }
    let (width, height) = (
      x.domain.upperBound - x.domain.lowerBound, y.domain.upperBound - y.domain.lowerBound
    )
    let unit = max(width / area.width, height / area.height)
    func widened(_ scale: Scale, _ points: Double) -> Scale {
      let centre = (scale.domain.lowerBound + scale.domain.upperBound) / 2
      let half = unit * points / 2
      return Scale(kind: .linear, domain: centre - half...centre + half, isPercent: scale.isPercent)
    }
    return (widened(x, area.width), widened(y, area.height))
  }

  /// The lines across an area, each with its words where they have room.
  func rules(_ area: Rectangle, _ xScale: Scale, _ yScale: Scale) -> [PlotDrawing.Mark] {
    plot.rules.compactMap { rule in
      let position = (rule.axis == .y ? yScale : xScale).position(rule.value)
      guard position >= 0, position <= 1 else { return nil }
      return rule.axis == .y
        ? level(rule, area.maxY - position * area.height, area)
        : upright(rule, area.x + position * area.width, area)
    }
  }

  private func level(_ rule: Plot.Rule, _ y: Double, _ area: Rectangle) -> PlotDrawing.Mark {
    let words = text.size(rule.label, theme.note)
    // At either end, above or below its line: where the fewest lines cross it.
    let right = max(area.x, area.maxX - words.width - 2)
    let places = [y - words.height - 0.5, y + 0.5].flatMap { top in
      [right, area.x + 2].map { Rectangle(origin: Point($0, top), size: words) }
    }.filter { $0.y >= area.y && $0.maxY <= area.maxY }
    let best = places.enumerated().min { first, second in
      let (a, b) = (crossings(first.element, area), crossings(second.element, area))
      return (a, first.offset) < (b, second.offset)
    }?.element
    let corner = best?.origin ?? Point(right, y + 0.5)
    let label = text.label(rule.label, theme.note, at: corner)
    return .rule(
      Point(area.x, y), Point(area.maxX, y), label: rule.label.isEmpty ? nil : label)
  }

  /// How many pieces of the first panel's lines run through a box.
  private func crossings(_ box: Rectangle, _ area: Rectangle) -> Int {
    guard let series = data.panels.first?.series else { return 0 }
    let (xScale, yScale) = (xScale(), yScale())
    return series.reduce(0) { count, one in
      let points = one.values.filter { !$0.mean.isNaN }.map { value in
        Point(
          area.x + xScale.position(value.x) * area.width,
          area.maxY - yScale.position(value.mean) * area.height)
      }
      return count
        + zip(points, points.dropFirst()).count { a, b in
          // Sampled: a line is straight between its points.
          (0...12).contains { step in
            let t = Double(step) / 12
            return box.contains(Point(a.x + (b.x - a.x) * t, a.y + (b.y - a.y) * t))
          }
        }
    }
  }

  private func upright(_ rule: Plot.Rule, _ x: Double, _ area: Rectangle) -> PlotDrawing.Mark {
    let words = text.size(rule.label, theme.note)
    // On the right of its line, or on the left where there is no room.
    let left = x + words.width + 3 <= area.maxX ? x + 3 : x - words.width - 3
    let label = text.label(rule.label, theme.note, at: Point(max(area.x, left), area.y + 1))
    return .rule(
      Point(x, area.y), Point(x, area.maxY), label: rule.label.isEmpty ? nil : label)
  }

  /// Words at their places, moved as far as they must to stay within the area.
  func annotations(
    _ area: Rectangle, _ xScale: Scale, _ yScale: Scale
  ) -> [PlotDrawing.Mark] {
    plot.annotations.compactMap { annotation in
      let (x, y) = (xScale.position(annotation.x), yScale.position(annotation.y))
      guard (0...1).contains(x), (0...1).contains(y) else { return nil }
      let place = Point(area.x + x * area.width, area.maxY - y * area.height)
      return .text(
        label(annotation.text, theme.note.with { $0.colour = theme.ink }, beside: place, in: area))
    }
  }

  private func label(
    _ words: String, _ style: TextStyle, beside place: Point, in area: Rectangle
  ) -> PlotDrawing.Label {
    let size = text.size(words, style)
    let x = min(place.x + 4, area.maxX - size.width - 1)
    let y = min(max(area.y + 1, place.y - size.height - 2), area.maxY - size.height - 1)
    return text.label(words, style, at: Point(max(area.x + 1, x), y))
  }
}

extension Plot.Mark {
  /// Whether its length is its value, so that the axis must begin at zero.
  var standsOnZero: Bool {
    switch self {
    case .bar, .stackedBar, .histogram, .area: true
    default: false
    }
  }
}

extension PlotData {
  /// The tops of the stacks, by panel and x.
  var stackedSums: [(x: Double, sum: Double)] {
    panels.flatMap { panel -> [(x: Double, sum: Double)] in
      var sums: [Double: Double] = [:]
      for value in panel.series.flatMap(\.values) where !value.mean.isNaN {
        sums[value.x, default: 0] += value.mean
      }
      return sums.map { (x: $0.key, sum: $0.value) }.sorted { $0.x < $1.x }
    }
  }

  /// The least distance between two values of x.
  var binWidth: Double {
    let xs = Set(panels.flatMap(\.series).flatMap(\.values).map(\.x)).sorted()
    return zip(xs, xs.dropFirst()).map { $1 - $0 }.filter { $0 > 1e-12 }.min() ?? 1
  }
}
