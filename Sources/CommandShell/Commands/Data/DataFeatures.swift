import Experiments
import FaceData
import Foundation
import Graphics
import Plotting
import Statistics

/// Verbs of `data` that show features: those of a run, else thumbnails of the pictures.
enum DataFeatures {
  static let verbs: [CommandDefinition] = [
    CommandDefinition(
      "data neighbours", .data, "faces with the pictures whose features are most like theirs",
      usage: "data neighbours NAME, by: RUN, in: OTHER, count: 6, nearest: 5",
      arguments: ["a data set"],
      labels: [
        by, .init("in", "the set in which they are looked for; the same one by default"),
        .init("count", "faces, 6 by default, evenly from first to last"),
        .init("nearest", "neighbours of each, 5 by default"),
        .init("columns", "faces side by side"),
      ] + FigureCommands.captionLabels
    ) { .figure(try neighbours($0)) },
    CommandDefinition(
      "data features", .data, "a table of features, a picture a row, for `plot embedding`",
      usage: "data features NAME, by: RUN | plot embedding, features: f, color: identity",
      arguments: ["a data set"], labels: [by]
    ) { .table(try table($0)) },
  ]

  private static let by = CommandDefinition.Label(
    "by", "a run whose features are taken; thumbnails by default")

  /// Side of a drawn face in pixels.
  private static let side = 160

  // MARK: Neighbours

  private static func neighbours(_ invocation: Invocation) throws -> ShownFigure {
    let expression = invocation.positional[0]
    let named = try invocation.dataset(expression)
    let other = try invocation.argument("in").map { try invocation.dataset($0) }
    let run = try invocation.featureRun()
    let count = try invocation.integer("count", in: 1...100) ?? 6
    let nearest = try invocation.integer("nearest", in: 1...12) ?? 5
    let session = invocation.session
    let items = try invocation.reading(expression) {
      let (own, searched) = try features(of: named, in: other ?? named, by: run, session)
      let (dataset, pool) = (try session.open(named), try session.open(other ?? named))
      return try SheetCommands.spread(Array(0..<dataset.count), count: count).map { index in
        var item = PredictionSheet.Item(
          try picture(index, of: dataset), caption: try name(index, of: dataset))
        item.neighbours = try own.nearest(to: index, in: searched, count: nearest) {
          other == nil && $0 == index
        }.map { try neighbour($0.row, $0.cosine, of: pool) }
        return item
      }
    }
    let sheet = PredictionSheet(items, columns: try invocation.integer("columns", in: 1...40))
    return try FigureCommands.shown(
      sheet, "\(items.count) faces of \(named.name) with their neighbours",
      run.map { [$0.id] } ?? [], invocation)
  }

  /// Thumbnails as they are; features of a run less one mean for both sets, or the same picture would
  /// not have the same features.
  private static func features(
    of named: NamedDataset, in other: NamedDataset, by run: Run?, _ session: Session
  ) throws -> (own: FeatureTable, searched: FeatureTable) {
    let own = try session.features(of: named, by: run)
    let searched = try session.features(of: other, by: run)
    guard run != nil else { return (own, searched) }
    return (try own.centred(on: searched.mean), try searched.centred())
  }

  private static func neighbour(
    _ index: Int, _ cosine: Float, of dataset: any FaceDataset
  ) throws -> PredictionSheet.Neighbour {
    PredictionSheet.Neighbour(
      try picture(index, of: dataset),
      lines: [try name(index, of: dataset), String(format: "%.2f", cosine)])
  }

  private static func picture(_ index: Int, of dataset: any FaceDataset) throws -> PixelBuffer {
    let image = try dataset.sample(at: index).image
    return PixelBuffer(
      image.part(.scale(Float(image.width), Float(image.height)), side: Self.side))
  }

  /// The person, where the set says who it is.
  private static func name(_ index: Int, of dataset: any FaceDataset) throws -> String {
    try identity(index, of: dataset) ?? dataset.id(at: index)
  }

  private static func identity(_ index: Int, of dataset: any FaceDataset) throws -> String? {
    let names = dataset.identityNames
    return try dataset.labels(at: index).identity.flatMap {
      names.indices.contains($0) ? names[$0] : nil
    }
  }

  // MARK: Table

  private static func table(_ invocation: Invocation) throws -> Table {
    let expression = invocation.positional[0]
    let named = try invocation.dataset(expression)
    let run = try invocation.featureRun()
    let dataset = try invocation.session.open(named)
    return try invocation.reading(expression) {
      let found = try invocation.session.features(of: named, by: run)
      let features = run == nil ? found : try found.centred()
      let rows = try (0..<features.count).map { index -> [Cell] in
        [
          .text(dataset.id(at: index)),
          try identity(index, of: dataset).map { .text($0) } ?? .missing,
          try dataset.labels(at: index).emotion.map { .text("\($0)") } ?? .missing,
        ] + features.vector(index).map { .number(Double($0)) }
      }
      let columns =
        ["sample", "identity", "emotion"] + (0..<features.dimension).map { "f\($0)" }
      return Table(
        DataFrame(columns: columns, rows: rows), runs: run.map { [$0.id] } ?? [])
    }
  }
}
