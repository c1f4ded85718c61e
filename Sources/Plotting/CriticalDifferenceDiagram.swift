public import Graphics
public import Statistics

/// Methods on an axis of mean ranks, those that cannot be told apart joined by a bar.
///
/// Source: Demšar 2006, Fig. 1; with Wilcoxon–Holm cliques as in aeon's `plot_critical_difference`.
public struct CriticalDifferenceDiagram: LaidOutFigure, Sendable {
  public var ranking: MethodRanking
  public var title: String
  public var theme: Theme

  public init(_ ranking: MethodRanking, title: String = "", theme: Theme = .paper) {
    (self.ranking, self.title, self.theme) = (ranking, title, theme)
  }

  /// From a table: a score of each method on each case.
  ///
  /// - Parameters: cases: columns that together name a case, such as task and seed; better: nil for
  ///   the direction that the score's name has.
  /// - Throws: `PlotError` for columns and where no case has all methods; `StatisticsError`.
  public init(
    _ data: DataFrame, score: String, method: String, cases: [String],
    better: MetricDirection? = nil, test: MethodRanking.Test = .wilcoxonHolm
  ) throws {
    guard let direction = better ?? MetricDirection.of(metric: score) else {
      throw PlotError(
        .invalidOption,
        "whether a greater \(score) is better is not known: say better: higher or lower.",
        context: score)
    }
    let numbers = try PlotData.column(score, in: data).map { $0.numericValue ?? .nan }
    let methods = try PlotData.column(method, in: data)
    let keys = try cases.map { try PlotData.column($0, in: data) }
    let names = methods.distinct
    let groups = Dictionary(grouping: numbers.indices) { row in keys.map { $0[row] } }
    let scores = groups.sorted { $0.value[0] < $1.value[0] }.compactMap { _, rows -> [Double]? in
      let means = names.map { name in
        (try? Summary(rows.filter { methods[$0] == name }.map { numbers[$0] }))?.mean ?? .nan
      }
      return means.contains(where: \.isNaN) ? nil : means
    }
    guard scores.count > 1 else {
      throw PlotError(
        .noData,
        "fewer than two cases (\(cases.joined(separator: ", "))) have a \(score) of all "
          + "\(names.count) methods.", context: score)
    }
    self.init(
      try MethodRanking(
        methods: names.map(\.displayName), scores: scores, better: direction, test: test))
  }
}

extension CriticalDifferenceDiagram {
  private var order: [Int] {
    ranking.meanRanks.indices.sorted {
      (ranking.meanRanks[$0], $0) < (ranking.meanRanks[$1], $1)
    }
  }

  /// The height of a row by the lines of its names.
  private func pitch(_ names: [[String]]) -> Double {
    let lines = names.map(\.count).max() ?? 1
    return theme.fontSize * (lines > 1 ? 0.4 + 1.15 * Double(lines) : 1.42)
  }

  private func names(width: Double, _ text: TextFitting) -> [[String]] {
    ranking.methods.map { text.name($0, theme.label, width: width * 0.27, lines: 3) }
  }

  /// Rows that stand below the axis on either side.
  private var rowCount: Int { (ranking.methods.count + 1) / 2 }

  private var note: String {
    let test =
      ranking.test == .nemenyi
      ? "Nemenyi's test, critical difference "
        + NumberText.fixed(ranking.criticalDifference, decimals: 2)
      : "pairwise Wilcoxon signed-rank tests, Holm-corrected over all "
        + "\(ranking.methods.count * (ranking.methods.count - 1) / 2) pairs"
    let p =
      ranking.friedmanP < 0.001
      ? "p < 0.001" : "p = \(NumberText.fixed(ranking.friedmanP, decimals: 3))"
    return "Mean ranks over \(ranking.caseCount) cases, 1 the best; Friedman \(p). Bars join what "
      + "is not distinguishable at \(NumberText.significant(ranking.significance, digits: 1)) by \(test)."
  }

  public func naturalSize(width: Double) -> Size {
    let bars = Double(ranking.cliques.count) * 4.5
    let text = TextFitting { TextLayout($0, $1).size }
    let notes = text.wrapped(note, theme.note, width: width - 4)
      .reduce(0) { $0 + text.size($1.0, $1.1).height }
    let titles = text.wrapped(title, theme.title, width: width - 4)
      .reduce(0) { $0 + text.size($1.0, $1.1).height }
    let rows = Double(rowCount) * pitch(names(width: width, text))
    let axis = text.size("0", theme.tick).height + 23
    return Size(width: width, height: axis + bars + rows + notes + titles + (titles > 0 ? 3 : 0))
  }

  public func layout(
    size: Size, measure: @escaping (String, TextStyle) -> Size
  ) throws -> FigureDrawing {
    let text = TextFitting(measure)
    var drawing = FigureDrawing(size: size)
    var y = 2.0
    addTitle(title, to: &drawing, text, y: &y)
    let names = names(width: size.width, text)
    let ranks = ranking.meanRanks.map { NumberText.fixed($0, decimals: 2) }
    let side = (names.joined().map { text.size($0, theme.label).width }.max() ?? 0) + 8
    let inner = (ranks.map { text.size($0, theme.note).width }.max() ?? 0) + 4
    let axis = Rectangle(
      x: side + inner, y: y + text.size("0", theme.tick).height + 6,
      width: size.width - 2 * (side + inner), height: 0)
    guard axis.width >= 40 else { throw tooSmall(size) }
    addAxis(to: &drawing, axis, text)
    let below = axis.y + 7 + Double(ranking.cliques.count) * 4.5
    addMethods(names, ranks, to: &drawing, axis, below: below, text)
    addCliques(to: &drawing, axis)
    var bottom = below + Double(rowCount) * pitch(names) + 6
    for (line, style) in text.wrapped(note, theme.note, width: size.width - 4) {
      drawing.labels.append(text.label(line, style, at: Point(2, bottom)))
      bottom += text.size(line, style).height
    }
    guard bottom <= size.height + 0.5 else { throw tooSmall(size) }
    return drawing
  }

  /// Rank 1 is on the left.
  private func x(_ rank: Double, _ axis: Rectangle) -> Double {
    axis.x + (rank - 1) / Double(max(1, ranking.methods.count - 1)) * axis.width
  }

  private func addAxis(to drawing: inout FigureDrawing, _ axis: Rectangle, _ text: TextFitting) {
    drawing.shapes.append(
      .stroke(
        .line(Point(axis.x, axis.y), Point(axis.maxX, axis.y)), StrokeStyle(theme.ink, width: 0.8)))
    for rank in 1...ranking.methods.count {
      let x = x(Double(rank), axis)
      drawing.shapes.append(
        .stroke(.line(Point(x, axis.y), Point(x, axis.y - 3)), StrokeStyle(theme.ink, width: 0.6)))
      let height = text.size("\(rank)", theme.tick).height
      drawing.labels.append(
        text.label("\(rank)", theme.tick, centre: Point(x, axis.y - 4 - height / 2)))
    }
  }

  /// The better half on the left, the other on the right, the outermost lowest.
  private func addMethods(
    _ names: [[String]], _ ranks: [String], to drawing: inout FigureDrawing, _ axis: Rectangle,
    below: Double, _ text: TextFitting
  ) {
    let order = order
    for (position, method) in order.enumerated() {
      let isLeft = position < rowCount
      let row = isLeft ? position : order.count - 1 - position
      let y = below + (Double(row) + 0.5) * pitch(names)
      let place = x(ranking.meanRanks[method], axis)
      let end = isLeft ? axis.x - 2 : axis.maxX + 2
      let line = Path.polyline([Point(place, axis.y), Point(place, y), Point(end, y)])
      drawing.shapes.append(.stroke(line, StrokeStyle(theme.mutedInk, width: 0.6)))
      drawing.shapes.append(
        .fill(.circle(centre: Point(place, axis.y), radius: 1.7), theme.palette[0]))
      let rank = text.size(ranks[method], theme.note)
      let near = isLeft ? end - 2 - rank.width / 2 : end + 2 + rank.width / 2
      drawing.labels.append(text.label(ranks[method], theme.note, centre: Point(near, y)))
      drawing.labels += text.labels(
        names[method], theme.label, at: isLeft ? end - 6 - rank.width : end + 6 + rank.width,
        middle: y, endsThere: isLeft)
    }
  }

  private func addCliques(to drawing: inout FigureDrawing, _ axis: Rectangle) {
    for (index, clique) in ranking.cliques.enumerated() {
      let places = clique.map { x(ranking.meanRanks[$0], axis) }
      let y = axis.y + 5.5 + Double(index) * 4.5
      let (from, to) = ((places.min() ?? 0) - 2.5, (places.max() ?? 0) + 2.5)
      drawing.shapes.append(
        .stroke(
          .line(Point(from, y), Point(to, y)), StrokeStyle(theme.ink, width: 2, cap: .round)))
    }
  }

  public func dataFrame() throws -> DataFrame {
    DataFrame(
      columns: ["method", "mean rank"] + ranking.methods.map { "p against \($0)" },
      rows: order.map { method in
        [.text(ranking.methods[method]), .number(ranking.meanRanks[method])]
          + ranking.adjustedP[method].map { .number($0) }
      })
  }

  public var alternativeText: String {
    let places = order.map {
      "\(ranking.methods[$0]) \(NumberText.fixed(ranking.meanRanks[$0], decimals: 2))"
    }
    let joined = ranking.cliques.map { clique in
      clique.map { ranking.methods[$0] }.joined(separator: ", ")
    }
    return "Critical-difference diagram of mean ranks: \(places.joined(separator: ", ")). "
      + (joined.isEmpty
        ? "All can be told apart."
        : "Not distinguishable: \(joined.joined(separator: "; ")).")
  }
}
