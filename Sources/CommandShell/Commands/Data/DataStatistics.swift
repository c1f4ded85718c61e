import FaceData
import Foundation
import Plotting
import Reporting
import Statistics

/// `data stats`: size, sharpness, light, pose and the balance of labels, as tables and plots.
enum DataStatistics {
  static let stats = CommandDefinition(
    "data stats", .data, "size, sharpness, light, pose and balance of labels, with plots",
    usage: "data stats NAME, page: stats.pdf", arguments: ["a data set"],
    labels: [.init("page", "a PDF with the tables and plots set on a page")]
      + FigureCommands.captionLabels
  ) { invocation in
    let expression = invocation.positional[0]
    let named = try invocation.dataset(expression)
    let session = invocation.session
    let survey = try invocation.reading(expression) { try session.survey(named) }
    let measures = survey.measures
    guard !measures.isEmpty else {
      throw ShellError(
        .data, "no picture of \(named.name) can be read", at: expression.range,
        notes: ["`data check \(named.name)` says why"])
    }
    let balances = survey.balances
    let grid = FigureGrid(DataPlots.plots(measures, balances))
    if let page = invocation.argument("page") {
      try write(page, named, measures, balances, grid, invocation)
    }
    session.emit(
      .figure(try FigureCommands.shown(grid, "statistics of \(named.name)", [], invocation)))
    if !balances.isEmpty { session.emit(.table(ShownTable(Table(balanceFrame(balances))))) }
    return .table(Table(measureFrame(measures)))
  }

  // MARK: Tables

  static func measureFrame(_ measures: [MeasuredValues]) -> DataFrame {
    let rows = measures.map { measure -> [Cell] in
      let quantiles = [0, 0.05, 0.5, 0.95, 1].map { Cell.number(rounded(measure.quantile($0))) }
      let name = measure.unit.isEmpty ? measure.name : "\(measure.name) (\(measure.unit))"
      return [.text(name), .integer(measure.values.count), .number(rounded(measure.mean))]
        + quantiles
    }
    return DataFrame(
      columns: ["measure", "n", "mean", "minimum", "5%", "median", "95%", "maximum"], rows: rows)
  }

  /// Four significant digits: more would say nothing of pictures.
  private static func rounded(_ value: Double) -> Double {
    guard value != 0, value.isFinite else { return value }
    let scale = pow(10, 3 - floor(log10(abs(value))))
    return (value * scale).rounded() / scale
  }

  static func balanceFrame(_ balances: [LabelBalance]) -> DataFrame {
    func named(_ value: (name: String, count: Int)?) -> Cell {
      value.map { .text("\($0.name) (\($0.count))") } ?? .missing
    }
    return DataFrame(
      columns: ["label", "labelled", "values", "evenness", "most frequent", "least frequent"],
      rows: balances.map { balance in
        let most = balance.counts.max { $0.count < $1.count }
        let least = balance.counts.reversed().min { $0.count < $1.count }
        return [
          .text(balance.label), .integer(balance.labelled), .integer(balance.counts.count),
          balance.evenness.map { .number(($0 * 1000).rounded() / 1000) } ?? .missing,
          named(most), named(least),
        ]
      })
  }

  // MARK: A page

  private static func write(
    _ page: Expression, _ named: NamedDataset, _ measures: [MeasuredValues],
    _ balances: [LabelBalance], _ grid: FigureGrid, _ invocation: Invocation
  ) throws {
    let path = FileOutput.expanded(try invocation.path(page))
    guard path.lowercased().hasSuffix(".pdf") else {
      throw ShellError(
        .unknownChoice, "the page is written as .pdf, not to \(path)", at: page.range)
    }
    var blocks: [Block] = [
      .table(
        ReportTable(measureFrame(measures)), caption: [.text("What the pictures are like.")],
        label: nil)
    ]
    if !balances.isEmpty {
      blocks.append(
        .table(
          ReportTable(balanceFrame(balances)),
          caption: [.text("Labels and how evenly samples are spread over them.")], label: nil))
    }
    blocks.append(
      .figure(
        grid, caption: [.text("Distributions over the set.")], label: nil, width: nil))
    let document = ReportDocument(
      title: named.name, subtitle: named.specification.summaryLine, numbersSections: false,
      blocks: blocks)
    let pages = try invocation.at(page) {
      try FileOutput.makeFolder(of: path)
      return try ReportRenderer().writePDF(document, to: URL(fileURLWithPath: path))
    }
    invocation.session.emit(.note("saved \(path) · \(pages) page\(pages == 1 ? "" : "s")"))
  }
}

/// The plots of a data set's statistics.
enum DataPlots {
  private static let bins = 24
  /// Values of a label that fit beside each other.
  private static let mostBars = 24

  static func plots(_ measures: [MeasuredValues], _ balances: [LabelBalance]) -> [any Figure] {
    let shown = ["width", "sharpness", "brightness", "side light", "yaw", "pitch"]
    let histograms = measures.filter { shown.contains($0.name) }.compactMap(histogram)
    return histograms + balances.compactMap(balancePlot)
  }

  /// Shares of the values in bins between the 0.5 and 99.5 per cent quantiles, which a single odd
  /// value cannot stretch.
  ///
  /// - Edge cases: nil where all values are one.
  static func histogram(_ measure: MeasuredValues) -> Plot? {
    let (low, high) = (measure.quantile(0.005), measure.quantile(0.995))
    guard low < high else { return nil }
    var counts = [Int](repeating: 0, count: bins)
    for value in measure.values where value >= low && value <= high {
      counts[min(bins - 1, Int((value - low) / (high - low) * Double(bins)))] += 1
    }
    let width = (high - low) / Double(bins)
    let rows = counts.enumerated().map { bin, count -> [Cell] in
      let middle = low + (Double(bin) + 0.5) * width
      let share = 100 * Double(count) / Double(measure.values.count)
      return [.number(middle), .number(share)]
    }
    var plot = Plot(
      DataFrame(columns: [measure.name, "share"], rows: rows), marks: [.line], x: measure.name,
      y: "share")
    plot.xTitle = measure.unit.isEmpty ? measure.name : "\(measure.name) (\(measure.unit))"
    (plot.yTitle, plot.yRange) = ("pictures (%)", nil)
    return plot
  }

  /// Bars of a label's values; for many people the curve of pictures by rank.
  ///
  /// - Edge cases: nil for a single value, and for many that are all equally frequent.
  static func balancePlot(_ balance: LabelBalance) -> Plot? {
    guard balance.counts.count > 1 else { return nil }
    guard balance.counts.count > mostBars else {
      let rows = balance.counts.map { [Cell.text($0.name), .integer($0.count)] }
      var plot = Plot(
        DataFrame(columns: [balance.label, "samples"], rows: rows), marks: [.bar],
        x: balance.label, y: "samples")
      (plot.xTitle, plot.xScale) = (balance.label, .categorical)
      return plot
    }
    guard Set(balance.counts.map(\.count)).count > 1 else { return nil }
    let rows = balance.counts.enumerated().filter { $0.element.count > 0 }.map {
      [Cell.integer($0.offset + 1), .integer($0.element.count)]
    }
    var plot = Plot(
      DataFrame(columns: ["rank", "samples"], rows: rows), marks: [.line], x: "rank", y: "samples")
    (plot.xScale, plot.yScale) = (.log10, .log10)
    plot.xTitle = "\(balance.label), by rank"
    return plot
  }
}
