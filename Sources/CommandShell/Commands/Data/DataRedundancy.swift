import Experiments
import FaceData
import Plotting
import Statistics

/// `data redundancy` and `data thin`: how much of a set repeats the rest, and a set without it.
enum DataRedundancy {
  static let verbs: [CommandDefinition] = [
    CommandDefinition(
      "data redundancy", .data, "coverage of a set against the share of it that is kept",
      usage: "data redundancy NAME, by: RUN", arguments: ["a data set"],
      labels: [
        .init("by", "a run whose features are compared; thumbnails by default"),
        .init("keep", "shares, [0.5%, 1%, 2%, 5%, 10%, 20%, 50%] by default"),
        .init("similarity", "cosine from which a sample is covered, 0.95 by default"),
        .init("seed", "of the random choice that is compared, 1 by default"),
      ] + FigureCommands.captionLabels, run: redundancy),
    CommandDefinition(
      "data thin", .data, "the samples that show most of a set, by farthest-point selection",
      usage: "let few = data thin NAME, keep: 10%, by: RUN", arguments: ["a data set"],
      labels: [
        .init("keep", "a share such as 10%, or a count"),
        .init("by", "a run whose features are compared; thumbnails by default"),
        .init("as", "the part's name"),
      ], effect: .names, run: thin),
  ]

  @Sendable private static func redundancy(_ invocation: Invocation) throws -> Value {
    let expression = invocation.positional[0]
    let named = try invocation.dataset(expression)
    let session = invocation.session
    let run = try invocation.featureRun()
    let shares = try shares(invocation)
    let similarity = try invocation.number("similarity") ?? 0.95
    let seed = try invocation.integer("seed", in: 0...Int(Int32.max)) ?? 1
    defer { session.onWork(nil) }
    let curve = try invocation.reading(expression) {
      try RedundancyCurve(
        centred(session.features(of: named, by: run), by: run), shares: shares,
        similarity: Float(similarity), seed: UInt64(seed), progress: session.work("compares"))
    }
    let frame = frame(curve)
    let runs: Set<String> = run.map { [$0.id] } ?? []
    var plot = Plot(frame, marks: [.line], x: "kept", y: "covered", color: "choice")
    (plot.xScale, plot.yRange) = (.log10, 0...1)
    plot.xTitle = "samples kept"
    plot.yTitle = "share with a kept sample of cosine ≥ \(formatted(similarity))"
    session.emit(
      .figure(
        try FigureCommands.shown(plot, "coverage of \(named.name)", runs, invocation)))
    session.emit(.note(conclusion(curve, named)))
    return .table(Table(frame, runs: runs))
  }

  /// Raw features of a network share a large mean; thumbnails have none.
  private static func centred(_ features: FeatureTable, by run: Run?) throws -> FeatureTable {
    run == nil ? features : try features.centred()
  }

  private static func shares(_ invocation: Invocation) throws -> [Double] {
    guard let expression = invocation.argument("keep") else {
      return [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5]
    }
    return try invocation.session.evaluate(expression).elements.map { value in
      guard case .percent(let percent) = value, percent > 0, percent <= 100 else {
        throw invocation.wrongType("keep:", "shares such as [1%, 10%]", value, expression)
      }
      return percent / 100
    }
  }

  private static func frame(_ curve: RedundancyCurve) -> DataFrame {
    DataFrame(
      columns: ["choice", "kept", "share", "mean-distance", "largest-distance", "covered"],
      rows: curve.points.map { point in
        [
          .text(point.choice.rawValue), .integer(point.kept), .number(point.share),
          .number(Double(point.meanDistance)), .number(Double(point.largestDistance)),
          .number(point.covered),
        ]
      })
  }

  private static func conclusion(_ curve: RedundancyCurve, _ named: NamedDataset) -> String {
    let cosine = formatted((Double(curve.similarity) * 1000).rounded() / 1000)
    guard let point = curve.kept(covering: 0.9) else {
      return "\(named.name): no share that was tried covers 90% of the samples at cosine \(cosine)"
    }
    let percent = formatted((point.share * 1000).rounded() / 10)
    return
      "\(named.name): \(point.kept) samples (\(percent)%) cover 90% of \(curve.count) at cosine "
      + cosine
  }

  @Sendable private static func thin(_ invocation: Invocation) throws -> Value {
    let expression = invocation.positional[0]
    guard let budget = try invocation.budget("keep") else {
      throw TableCommands.missing("keep", invocation)
    }
    let named = try invocation.dataset(expression)
    let session = invocation.session
    let run = try invocation.featureRun()
    defer { session.onWork(nil) }
    let indices = try invocation.reading(expression) {
      let features = try centred(session.features(of: named, by: run), by: run)
      let progress = session.work("chooses")
      return try FarthestPoints.choose(budget.count(of: features.count), of: features) {
        try progress($0.chosen.count, $1)
      }
    }
    let rule = "thinned to \(budget) by \(run.map { "features of \($0.name)" } ?? "thumbnails")"
    return try DataSubsets.kept(
      indices, of: named, rule: rule, suffix: "thin-\(budget)", invocation)
  }
}
