import Experiments
import FaceData
import Foundation
import Graphics
import Plotting

/// Sheets of faces.
enum SheetCommands {
  static let faces = CommandDefinition(
    "faces", .figures, "test faces of a landmarks run with true and predicted points",
    usage: "faces RUN, count: 12, columns: 6, caption: \"…\"", arguments: ["a run"],
    labels: gridLabels + FigureCommands.captionLabels
  ) { .figure(try predictions($0)) }

  static let sheet = CommandDefinition(
    "sheet", .figures, "faces of a data set", usage: "sheet DATASET, count: 24, columns: 8",
    arguments: ["a data set"], labels: gridLabels + FigureCommands.captionLabels
  ) { .figure(try samples($0)) }

  private static let gridLabels: [CommandDefinition.Label] = [
    .init("count", "number of faces"), .init("columns", "faces in a row"),
  ]

  /// What a landmarks run leaves in `predictions.json`.
  struct Predictions: Decodable {
    struct Sample: Decodable {
      let index: Int
      let id: String
      let truth: [[Float?]]
      let predicted: [[Float?]]
    }

    let dataset: DatasetSpecification
    let size: Int
    /// What the values are where they are no points.
    let names: [String]?
    let samples: [Sample]
  }

  private static func predictions(_ invocation: Invocation) throws -> ShownFigure {
    let expression = invocation.positional[0]
    let run = try invocation.run(expression)
    let found = try invocation.at(expression) { try read(run, invocation.session) }
    if let names = found.names, !names.isEmpty {
      throw ShellError(
        .data, "\(run.name) predicts \(names.prefix(3).joined(separator: ", ")) …, not points",
        at: expression.range,
        notes: ["`faces` shows finished runs of `adapt landmarks` and `adapt reconstruction`"])
    }
    let dataset = try invocation.session.open(
      NamedDataset(name: found.dataset.name, specification: found.dataset))
    let chosen = spread(found.samples, count: try count(invocation, default: 12))
    let cells = try chosen.map { sample in
      ImageGrid.Item(
        PixelBuffer(try dataset.sample(at: sample.index).image), truth: points(sample.truth),
        predicted: points(sample.predicted))
    }
    let grid = ImageGrid(cells, columns: try columns(invocation, of: cells.count))
    return try FigureCommands.shown(
      grid, "\(cells.count) test faces of \(run.name)", [run.id], invocation)
  }

  private static func points(_ coordinates: [[Float?]]) -> [Point] {
    coordinates.compactMap { place in
      guard place.count == 2, let x = place[0], let y = place[1] else { return nil }
      return Point(Double(x), Double(y))
    }
  }

  private static func read(_ run: Run, _ session: Session) throws -> Predictions {
    let store = try session.store()
    guard let path = try store.artifactPath(run: run.id, name: "predictions") else {
      throw ShellError(
        .data, "\(run.name) left no predictions",
        notes: ["`faces` shows finished runs of `adapt landmarks` and `adapt reconstruction`"])
    }
    let file = store.folder.appendingPathComponent(path)
    do {
      return try JSONDecoder().decode(Predictions.self, from: Data(contentsOf: file))
    } catch {
      throw ShellError(
        .data, "the predictions of \(run.name) cannot be read from \(file.path)",
        notes: ["`adapt …, fresh: true` makes them anew"])
    }
  }

  private static func samples(_ invocation: Invocation) throws -> ShownFigure {
    let expression = invocation.positional[0]
    let named = try invocation.session.dataset(
      try invocation.session.evaluate(expression), at: expression.range)
    let dataset = try invocation.session.open(named)
    let chosen = spread(Array(0..<dataset.count), count: try count(invocation, default: 24))
    let cells = try chosen.map { index in
      ImageGrid.Item(PixelBuffer(try dataset.sample(at: index).image))
    }
    let grid = ImageGrid(cells, columns: try columns(invocation, of: cells.count))
    return try FigureCommands.shown(grid, "\(cells.count) faces of \(named.name)", [], invocation)
  }

  private static func count(_ invocation: Invocation, default count: Int) throws -> Int {
    try invocation.integer("count", in: 1...400) ?? count
  }

  private static func columns(_ invocation: Invocation, of count: Int) throws -> Int {
    try invocation.integer("columns", in: 1...40) ?? min(6, max(1, count))
  }

  /// So many elements, evenly from the first to the last, so that a sheet is no friendly choice.
  static func spread<Element>(_ elements: [Element], count: Int) -> [Element] {
    guard elements.count > count else { return elements }
    return (0..<count).map { elements[$0 * elements.count / count] }
  }
}

extension PixelBuffer {
  init(_ image: Image) {
    self.init(width: image.width, height: image.height, pixels: image.pixels)
  }
}
