import Graphics

// A drawing apart from its words: a terminal draws the one in dots and writes the others.
extension PlotDrawing {
  /// Every text with its place, those inside of panels included.
  public var words: [Label] {
    allLabels + panels.flatMap { panel in panel.marks.compactMap(\.label) }
  }

  /// The same drawing without any text.
  public var withoutWords: PlotDrawing {
    PlotDrawing(
      size: size, panels: panels.map(\.withoutWords), labels: [],
      legend: legend.map { entry in
        LegendEntry(
          sample: entry.sample,
          label: Label(text: "", style: entry.label.style, box: entry.label.box, degrees: 0),
          style: entry.style, showsLine: entry.showsLine, showsMarker: entry.showsMarker)
      }, theme: theme)
  }
}

extension PlotDrawing.Panel {
  fileprivate var withoutWords: Self {
    func bare(_ ticks: [PlotDrawing.AxisTick]) -> [PlotDrawing.AxisTick] {
      ticks.map { PlotDrawing.AxisTick(position: $0.position, isMinor: $0.isMinor, labels: []) }
    }
    return Self(
      area: area, title: nil, marks: marks.compactMap(\.withoutWords), xTicks: bare(xTicks),
      yTicks: bare(yTicks), xScale: xScale, yScale: yScale, clipsSharply: clipsSharply)
  }
}

extension PlotDrawing.Mark {
  fileprivate var label: PlotDrawing.Label? {
    switch self {
    case .rule(_, _, let label): label
    case .text(let label): label
    default: nil
    }
  }

  fileprivate var withoutWords: Self? {
    switch self {
    case .rule(let from, let to, _): .rule(from, to, label: nil)
    case .text: nil
    default: self
    }
  }
}
