import Graphics

/// The ticks of an x axis with labels that do not overlap.
struct XAxisLabels {
  /// A tick and the lines of its label.
  struct Entry {
    let tick: Tick
    let lines: [String]
  }

  let entries: [Entry]
  let degrees: Double
  /// The room that the labels need below the ticks.
  let height: Double
  /// How far the labels stick out beyond the ends of the axis.
  let leftOverhang: Double
  let rightOverhang: Double

  /// Fewer ticks, then lines, then a turn, then every other label, until nothing overlaps.
  ///
  /// - Parameters: width: of the axis; height: the most that labels may take below it.
  static func fitting(
    _ scale: Scale, width: Double, height: Double, style: TextStyle, text: TextFitting
  ) -> XAxisLabels {
    let builder = Builder(scale: scale, width: width, height: height, style: style, text: text)
    if scale.isNamed { return builder.named() }
    let most = max(2, Int(width / 42))
    for count in stride(from: min(9, most), through: 2, by: -1) {
      let entries = scale.ticks(about: count).map { Entry(tick: $0, lines: [$0.label]) }
      if builder.fits(entries) { return builder.flat(entries) }
    }
    return builder.flat(builder.thinned(scale.ticks(about: 2)))
  }

  private struct Builder {
    let scale: Scale
    let width: Double
    let height: Double
    let style: TextStyle
    let text: TextFitting

    var lineHeight: Double { text.size("0", style).height }

    func position(_ tick: Tick) -> Double { scale.position(tick.value) * width }

    func extent(_ entry: Entry) -> Double {
      entry.lines.map { text.size($0, style).width }.max() ?? 0
    }

    func fits(_ entries: [Entry]) -> Bool {
      let named = entries.filter { !$0.lines.joined().isEmpty }
      return zip(named, named.dropFirst()).allSatisfy { left, right in
        position(left.tick) + extent(left) / 2 + 5 <= position(right.tick) - extent(right) / 2
      }
    }

    func flat(_ entries: [Entry]) -> XAxisLabels {
      let lines = entries.map { $0.lines.joined().isEmpty ? 0 : $0.lines.count }.max() ?? 0
      let named = entries.filter { !$0.lines.joined().isEmpty }
      return XAxisLabels(
        entries: entries, degrees: 0, height: Double(lines) * lineHeight,
        leftOverhang: named.map { extent($0) / 2 - position($0.tick) }.max() ?? 0,
        rightOverhang: named.map { position($0.tick) + extent($0) / 2 - width }.max() ?? 0)
    }

    func named() -> XAxisLabels {
      let ticks = scale.ticks(about: 0)
      let single = ticks.map { Entry(tick: $0, lines: [$0.label]) }
      if fits(single) { return flat(single) }
      let slot = zip(ticks, ticks.dropFirst()).map { position($1) - position($0) }.min() ?? width
      let broken = ticks.map {
        Entry(tick: $0, lines: text.broken($0.label, style, width: slot - 5))
      }
      if broken.allSatisfy({ $0.lines.count <= 3 }), fits(broken) { return flat(broken) }
      return turned(ticks, slot: slot)
    }

    /// The turns that are tried, those that are read most easily first.
    private static let turns: [(degrees: Double, lines: Int)] = [
      (-45, 1), (-45, 2), (-45, 3), (-90, 1), (-90, 2), (-90, 3),
    ]

    /// Names that have no room side by side: whole, if need be in lines and upright; cut and
    /// thinned only where nothing else helps.
    func turned(_ ticks: [Tick], slot: Double) -> XAxisLabels {
      for turn in Self.turns where pitch(turn.degrees, turn.lines) <= slot {
        let entries = ticks.compactMap { tick in
          (1...turn.lines).lazy.map { Entry(tick: tick, lines: evenLines(tick.label, $0)) }
            .first { extent($0) <= longest(turn.degrees) }
        }
        if entries.count == ticks.count { return turned(entries, turn.degrees) }
      }
      let every = max(1, Int((pitch(-90, 1) / max(slot, 0.1)).rounded(.up)))
      let entries = ticks.enumerated().map { index, tick in
        let name = index.isMultiple(of: every) ? tick.label : ""
        return Entry(tick: tick, lines: [text.truncated(name, style, width: longest(-90))])
      }
      return turned(entries, -90)
    }

    /// How far apart turned labels of so many lines must stand.
    private func pitch(_ degrees: Double, _ lines: Int) -> Double {
      // At 45° two lines clear each other when they are √2 line heights apart along the axis.
      degrees == -90
        ? Double(lines) * lineHeight + (lines > 1 ? 3 : 0) : Double(lines) * lineHeight * 1.45
    }

    /// The longest line: at 45° a label takes as much room on its left as below.
    private func longest(_ degrees: Double) -> Double {
      degrees == -90 ? height : min(max(40, 0.35 * width), height * 1.4 - lineHeight)
    }

    /// The label in at most so many lines, as alike in length as its words allow.
    private func evenLines(_ label: String, _ count: Int) -> [String] {
      let whole = text.size(label, style).width
      var width = whole / Double(count)
      while width < whole {
        let lines = text.broken(label, style, width: width)
        if lines.count <= count { return lines }
        width *= 1.05
      }
      return [label]
    }

    private func turned(_ entries: [Entry], _ degrees: Double) -> XAxisLabels {
      let axis = XAxisLabels(
        entries: [], degrees: degrees, height: 0, leftOverhang: 0, rightOverhang: 0)
      let boxes = entries.flatMap { entry in
        entry.lines.indices.filter { !entry.lines[$0].isEmpty }.map {
          axis.box(of: $0, in: entry, at: Point(position(entry.tick), 0), style, text)
        }
      }
      return XAxisLabels(
        entries: entries, degrees: degrees, height: boxes.map(\.maxY).max() ?? 0,
        leftOverhang: boxes.map { -$0.x }.max() ?? 0,
        rightOverhang: boxes.map { $0.maxX - width }.max() ?? 0)
    }

    func thinned(_ ticks: [Tick]) -> [Entry] {
      var end = -Double.infinity
      return ticks.map { tick in
        let half = text.size(tick.label, style).width / 2
        guard !tick.label.isEmpty, position(tick) - half >= end + 5 else {
          return Entry(tick: tick, lines: [""])
        }
        end = position(tick) + half
        return Entry(tick: tick, lines: [tick.label])
      }
    }
  }

  /// The box of a line of a label whose tick is at a point, the gap below the axis included.
  private func box(
    of line: Int, in entry: Entry, at tick: Point, _ style: TextStyle, _ text: TextFitting
  ) -> Rectangle {
    let size = text.turnedSize(entry.lines[line], style, degrees: degrees)
    let height = text.size("0", style).height
    let fromMiddle = Double(line) - Double(entry.lines.count - 1) / 2
    let corner: Point
    switch degrees {
    case 0: corner = Point(tick.x - size.width / 2, tick.y + Double(line) * height)
    case -90: corner = Point(tick.x + fromMiddle * height - size.width / 2, tick.y)
    default:
      // A turned label ends below its tick; a line begins lower and further to the right than the
      // one above it.
      let step = height * 0.7071
      corner = Point(
        tick.x - size.width + height * 0.35 + fromMiddle * step, tick.y + Double(line) * step)
    }
    return Rectangle(origin: corner, size: size)
  }

  /// The ticks in their places below an area.
  func ticks(
    _ scale: Scale, below area: Rectangle, gap: Double, style: TextStyle, text: TextFitting
  ) -> [PlotDrawing.AxisTick] {
    entries.map { entry in
      let x = area.x + scale.position(entry.tick.value) * area.width
      let lines = entry.lines.indices.filter { !entry.lines[$0].isEmpty }
      let labels = lines.map { line in
        let box = box(of: line, in: entry, at: Point(x, area.maxY + gap), style, text)
        return text.label(entry.lines[line], style, centre: box.centre, degrees: degrees)
      }
      return PlotDrawing.AxisTick(
        position: x, isMinor: entry.tick.label.isEmpty, labels: labels)
    }
  }
}
