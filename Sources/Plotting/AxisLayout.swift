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
  static func fitting(
    _ scale: Scale, width: Double, style: TextStyle, text: TextFitting
  ) -> XAxisLabels {
    let builder = Builder(scale: scale, width: width, style: style, text: text)
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
    let style: TextStyle
    let text: TextFitting

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
      let lineHeight = text.size("0", style).height
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
      let broken = ticks.map { Entry(tick: $0, lines: brokenLines($0.label, width: slot - 5)) }
      if broken.allSatisfy({ $0.lines.count <= 3 }), fits(broken) { return flat(broken) }
      return turned(ticks, slot: slot)
    }

    /// The label broken after blanks and hyphens.
    func brokenLines(_ label: String, width: Double) -> [String] {
      var lines: [String] = []
      var pieces: [String] = [""]
      for character in label {
        pieces[pieces.count - 1].append(character)
        if character == " " || character == "-" { pieces.append("") }
      }
      for piece in pieces where !piece.isEmpty {
        if let last = lines.last, text.size(last + piece, style).width <= width {
          lines[lines.count - 1] = last + piece
        } else {
          lines.append(piece)
        }
      }
      return lines.map { $0.last == " " ? String($0.dropLast()) : $0 }
    }

    func turned(_ ticks: [Tick], slot: Double) -> XAxisLabels {
      let longest = max(40, 0.3 * width)
      let lineHeight = text.size("0", style).height
      // At 45° two labels clear each other when the slot is √2 line heights wide.
      let every = max(1, Int((lineHeight * 1.45 / max(slot, 0.1)).rounded(.up)))
      let entries = ticks.enumerated().map { index, tick in
        Entry(
          tick: tick,
          lines: index.isMultiple(of: every)
            ? [text.truncated(tick.label, style, width: longest)] : [""])
      }
      let named = entries.filter { !$0.lines.joined().isEmpty }
      let sides = named.map { text.turnedSize($0.lines[0], style, degrees: -45) }
      return XAxisLabels(
        entries: entries, degrees: -45, height: sides.map(\.height).max() ?? 0,
        leftOverhang: zip(named, sides).map { $1.width - position($0.tick) }.max() ?? 0,
        rightOverhang: lineHeight / 2)
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

  /// The ticks in their places below an area.
  func ticks(
    _ scale: Scale, below area: Rectangle, gap: Double, style: TextStyle, text: TextFitting
  ) -> [PlotDrawing.AxisTick] {
    entries.map { entry in
      let x = area.x + scale.position(entry.tick.value) * area.width
      var labels: [PlotDrawing.Label] = []
      for (index, line) in entry.lines.enumerated() where !line.isEmpty {
        let side = text.turnedSize(line, style, degrees: degrees)
        let lineHeight = text.size("0", style).height
        // A turned label ends below its tick.
        let centreX = degrees == 0 ? x : x - side.width / 2 + lineHeight * 0.35
        let top = area.maxY + gap + (degrees == 0 ? Double(index) * lineHeight : 0)
        labels.append(
          text.label(
            line, style, centre: Point(centreX, top + side.height / 2), degrees: degrees))
      }
      return PlotDrawing.AxisTick(
        position: x, isMinor: entry.tick.label.isEmpty, labels: labels)
    }
  }
}
