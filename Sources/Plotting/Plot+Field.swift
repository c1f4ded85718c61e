public import Statistics

/// Plots as face analysis knows them, made of the columns of a table.
extension Plot {
  /// Errors of images as a cumulative distribution: the share with an error of at most x.
  ///
  /// - Parameters: error: a column of one error an image, as fractions (an NME); limit: where the
  ///   axis and the area under the curve end, such as 0.08.
  /// - Throws: `PlotError` for columns; `StatisticsError` for errors that are no errors.
  public static func cumulativeErrors(
    _ data: DataFrame, error: String, color: String? = nil, limit: Double
  ) throws -> Plot {
    guard limit > 0, limit.isFinite else {
      throw PlotError(
        .invalidOption, "the limit of a CED is \(limit): use one such as 0.08.", context: "limit")
    }
    var rows: [[Cell]] = []
    for (name, errors) in try groups(data, of: error, by: color) {
      let curve = try CumulativeErrorDistribution(errors: errors)
      let area = try curve.areaUnderCurve(threshold: limit)
      let label = [name, "(AUC \(NumberText.fixed(area, decimals: 3)))"]
        .filter { !$0.isEmpty }.joined(separator: " ")
      for step in 0...200 {
        let x = limit * Double(step) / 200
        rows.append([.text(label), .number(x), .number(curve.share(atMost: x))])
      }
    }
    let frame = DataFrame(columns: [color ?? "curve", error, "images"], rows: rows)
    var plot = Plot(frame, x: error, y: "images", color: color ?? "curve")
    (plot.xRange, plot.yRange, plot.showsMarkers) = (0...limit, 0...1, false)
    plot.percentAxes = [.y]
    plot.yTitle = "Images with at most this error"
    return plot
  }

  /// Which of the two error rates a curve of verification shows upwards.
  public enum VerificationCurve: Sendable, Hashable {
    /// True accept rate against false accept rate.
    case roc
    /// False reject rate against false accept rate, both logarithmic.
    case det
  }

  /// ROC or DET of verification.
  ///
  /// - Parameters: similarity: a column, greater for pairs that are more alike; same: a column of
  ///   yes and no, or 1 and 0: whether the pair shows one person.
  /// - Throws: as `cumulativeErrors`.
  public static func verification(
    _ data: DataFrame, similarity: String, same: String, color: String? = nil,
    curve: VerificationCurve = .roc
  ) throws -> Plot {
    let truth = try PlotData.column(same, in: data).map { cell in
      cell == .boolean(true) || (cell.numericValue ?? 0) > 0
    }
    let scores = try PlotData.column(similarity, in: data).map { $0.numericValue ?? .nan }
    let names = try color.map { try PlotData.column($0, in: data) }
    var rows: [[Cell]] = []
    var smallest = 1.0
    for name in (names ?? [.missing]).distinct {
      let chosen = data.rows.indices.filter { row in names.map { $0[row] == name } ?? true }
      let metrics = try VerificationMetrics(
        similarities: chosen.map { Float(scores[$0]) }, isSame: chosen.map { truth[$0] })
      let least = 1 / Double(metrics.impostorCount)
      smallest = min(smallest, least)
      let points = metrics.operatingPoints
      for (index, point) in points.enumerated() where point.falseAcceptRate >= least * 0.999 {
        // Of the points with one false accept rate the last, that accepts most genuine pairs.
        if index + 1 < points.count, points[index + 1].falseAcceptRate == point.falseAcceptRate {
          continue
        }
        let y = curve == .roc ? point.trueAcceptRate : 1 - point.trueAcceptRate
        if curve == .det, y <= 0 { continue }
        rows.append([
          .text(name == .missing ? "" : name.displayName), .number(point.falseAcceptRate),
          .number(y),
        ])
      }
    }
    let up = curve == .roc ? "true accept rate" : "false reject rate"
    let frame = DataFrame(columns: [color ?? "curve", "false accept rate", up], rows: rows)
    var plot = Plot(frame, x: "false accept rate", y: up, color: names == nil ? nil : color)
    (plot.xScale, plot.showsMarkers) = (.log10, false)
    plot.xRange = smallest...1
    if curve == .det { plot.yScale = .log10 } else { plot.percentAxes = [.y] }
    plot.note = "Rates below one impostor pair in all are not shown."
    return plot
  }

  /// Values counted in bins.
  ///
  /// - Throws: as `cumulativeErrors`.
  public static func histogram(
    _ data: DataFrame, of column: String, color: String? = nil, bins: Int? = nil
  ) throws -> Plot {
    let groups = try groups(data, of: column, by: color)
    let all = groups.flatMap(\.values).filter(\.isFinite)
    let shared = try Histogram(all, bins: bins)
    let range = shared.edges[0]...shared.edges[shared.edges.count - 1]
    var rows: [[Cell]] = []
    for (name, values) in groups {
      let counted = try Histogram(values, bins: shared.counts.count, range: range)
      for (index, count) in counted.counts.enumerated() {
        let centre = (counted.edges[index] + counted.edges[index + 1]) / 2
        rows.append([.text(name), .number(centre), .integer(count)])
      }
    }
    let frame = DataFrame(columns: [color ?? "group", column, "count"], rows: rows)
    return Plot(
      frame, marks: [.histogram], x: column, y: "count", color: color)
  }

  /// Values as a smooth density.
  ///
  /// - Throws: as `cumulativeErrors`.
  public static func density(
    _ data: DataFrame, of column: String, color: String? = nil
  ) throws -> Plot {
    var rows: [[Cell]] = []
    for (name, values) in try groups(data, of: column, by: color) {
      let density = try KernelDensity(values)
      let (low, high) = (density.range.lowerBound, density.range.upperBound)
      for step in 0...160 {
        let x = low + (high - low) * Double(step) / 160
        rows.append([.text(name), .number(x), .number(density(x))])
      }
    }
    let frame = DataFrame(columns: [color ?? "group", column, "density"], rows: rows)
    var plot = Plot(frame, marks: [.area, .line], x: column, y: "density", color: color)
    plot.showsMarkers = false
    plot.note = "Gaussian kernel, Scott's width."
    return plot
  }

  /// Performance profiles: the share of runs with a score above τ, over τ (arXiv:2108.13264, Fig. 5).
  ///
  /// - Parameters: score: normalised, greater is better; method and task: columns.
  /// - Throws: as `cumulativeErrors`.
  public static func performanceProfile(
    _ data: DataFrame, score: String, method: String, task: String?
  ) throws -> Plot {
    let scores = try PlotData.column(score, in: data).map { $0.numericValue ?? .nan }
    let methods = try PlotData.column(method, in: data)
    let tasks = try task.map { try PlotData.column($0, in: data) }
    let finite = scores.filter(\.isFinite)
    let (low, high) = (finite.min() ?? 0, finite.max() ?? 1)
    var rows: [[Cell]] = []
    for name in methods.distinct {
      let chosen = methods.indices.filter { methods[$0] == name && scores[$0].isFinite }
      let groups = Dictionary(grouping: chosen) { tasks?[$0] ?? .missing }
      let ordered = groups.sorted { $0.value[0] < $1.value[0] }.map { $0.value.map { scores[$0] } }
      let set = try ScoreSet(tasks: ordered)
      for step in 0...100 {
        let tau = low + (high - low) * Double(step) / 100
        rows.append([.text(name.displayName), .number(tau), .number(set.profile(above: tau))])
      }
    }
    let frame = DataFrame(columns: [method, score, "runs"], rows: rows)
    var plot = Plot(frame, x: score, y: "runs", color: method)
    (plot.showsMarkers, plot.percentAxes, plot.yRange) = (false, [.y], 0...1)
    plot.xTitle = "\(AxisTitle.text(for: score)), τ"
    plot.yTitle = "Runs with a score above τ"
    return plot
  }

  /// Points of many dimensions in the plane.
  public enum EmbeddingMethod: String, Sendable, Hashable, CaseIterable {
    case pca, tsne
  }

  /// Feature vectors in the plane, coloured by a column.
  ///
  /// - Parameters: features: the columns of the vector; generator: seeds the projection.
  /// - Throws: as `cumulativeErrors`.
  public static func embedding(
    _ data: DataFrame, features: [String], color: String? = nil, method: EmbeddingMethod = .pca,
    using generator: inout some RandomNumberGenerator
  ) throws -> Plot {
    let columns = try features.map { name in
      try PlotData.column(name, in: data).map { $0.numericValue ?? .nan }
    }
    let points = data.rows.indices.map { row in columns.map { $0[row] } }
    let places: [SIMD2<Double>]
    var titles = ("t-SNE 1", "t-SNE 2")
    if method == .pca {
      let found = try PrincipalComponents(points, using: &generator)
      let total = PrincipalComponents.totalVariance(points)
      places = found.coordinates.map { SIMD2($0[0], $0[1]) }
      func title(_ index: Int) -> String {
        let share = NumberText.fixed(100 * found.variances[index] / total, decimals: 1)
        return "Component \(index + 1) (\(share) % of variance)"
      }
      titles = (title(0), title(1))
    } else {
      let perplexity = min(30, Double(points.count - 1) / 3.1)
      places = try NeighbourEmbedding(perplexity: perplexity).places(of: points, using: &generator)
    }
    let cells = try color.map { try PlotData.column($0, in: data) }
    let rows = places.enumerated().map { index, place -> [Cell] in
      [cells?[index] ?? .missing, .number(place.x), .number(place.y)]
    }
    let frame = DataFrame(columns: [color ?? "group", "first", "second"], rows: rows)
    var plot = Plot(frame, marks: [.point], x: "first", y: "second", color: color)
    (plot.xTitle, plot.yTitle, plot.hasEqualUnits) = (titles.0, titles.1, true)
    if method == .tsne { plot.note = "t-SNE: distances between groups have no meaning." }
    return plot
  }

  /// The finite numbers of a column by the cells of another, in order of appearance.
  static func groups(
    _ data: DataFrame, of column: String, by color: String?
  ) throws -> [(name: String, values: [Double])] {
    let cells = try PlotData.column(column, in: data)
    let numbers = cells.map { $0.numericValue ?? .nan }
    guard numbers.contains(where: \.isFinite) else {
      throw PlotError(
        .notNumeric, "column \(column) has no numbers to plot.", context: column)
    }
    guard let color else { return [("", numbers.filter { !$0.isNaN })] }
    let keys = try PlotData.column(color, in: data)
    return keys.distinct.map { key in
      (
        key.displayName,
        keys.indices.filter { keys[$0] == key && !numbers[$0].isNaN }
          .map { numbers[$0] }
      )
    }.filter { !$0.1.isEmpty }
  }
}
