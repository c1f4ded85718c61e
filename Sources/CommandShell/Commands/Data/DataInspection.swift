import Experiments
import FaceData
import Foundation
import Graphics
import Plotting
import Statistics

/// Verbs of `data` that look at a set: what there is, what it looks like, what is wrong with it.
enum DataInspection {
  static let verbs: [CommandDefinition] = [
    CommandDefinition(
      "data show", .data, "a table of the data sets, or all that is known of one",
      usage: "data show [NAME]", arguments: ["a data set"], required: 0
    ) { invocation in
      guard let expression = invocation.positional.first else {
        return .table(Table(try DatasetTables.overview(invocation.session)))
      }
      let dataset = try invocation.dataset(expression)
      let text = try invocation.reading(expression) {
        try DatasetTables.page(dataset, in: invocation.session)
      }
      invocation.session.emit(.text(text))
      return .nothing
    },
    CommandDefinition(
      "data sample", .data, "a sheet of faces with their labels drawn",
      usage: "data sample NAME, count: 24, columns: 6, seed: 1", arguments: ["a data set"],
      labels: [
        .init("count", "faces, 24 by default"), .init("columns", "faces in a row, 6 by default"),
        .init("seed", "of a random choice; evenly from first to last by default"),
        .init("labels", "false leaves points and words out"),
        .init(
          "predicted", "a set of the same pictures, whose landmarks are drawn beside: estimates"),
      ] + FigureCommands.captionLabels
    ) { .figure(try sheet($0)) },
    CommandDefinition(
      "data check", .data, "reads every picture: how many are usable, which are not, and why",
      usage: "data check NAME | save problems.csv", arguments: ["a data set"]
    ) { .table(try check($0)) },
    CommandDefinition(
      "data ids", .data, "the ids of a set's samples with their people, emotions and parts",
      usage: "data ids NAME | save ids.csv", arguments: ["a data set"]
    ) { .table(try ids($0)) },
  ]

  // MARK: Sheets

  private static func sheet(_ invocation: Invocation) throws -> ShownFigure {
    let expression = invocation.positional[0]
    let named = try invocation.dataset(expression)
    let dataset = try invocation.session.open(named)
    let count = try invocation.integer("count", in: 1...400) ?? 24
    let drawsLabels = try invocation.flag("labels") ?? true
    let other = try predictions(for: dataset, invocation)
    let all = Array(0..<dataset.count)
    let chosen: [Int]
    if let seed = try invocation.integer("seed", in: 0...Int(Int32.max)) {
      var stream = RandomStream(seed: UInt64(seed), purpose: "data.sample")
      chosen = stream.shuffled(all).prefix(count).sorted()
    } else {
      chosen = SheetCommands.spread(all, count: count)
    }
    let items = try invocation.reading(expression) {
      try chosen.map { index in
        let sample = try dataset.sample(at: index)
        guard drawsLabels else { return ImageGrid.Item(PixelBuffer(sample.image)) }
        return ImageGrid.Item(
          PixelBuffer(sample.image), truth: points(sample.labels),
          predicted: try other.map { points(try $0.labels(at: index)) } ?? [],
          caption: other == nil
            ? FaceCaption.text(sample.labels, names: dataset.identityNames) : "")
      }
    }
    let columns = try invocation.integer("columns", in: 1...40) ?? min(6, max(1, items.count))
    return try FigureCommands.shown(
      ImageGrid(items, columns: columns), "\(items.count) faces of \(named.name)", [], invocation)
  }

  /// The set that `predicted:` names.
  private static func predictions(
    for dataset: any FaceDataset, _ invocation: Invocation
  ) throws -> (any FaceDataset)? {
    guard let expression = invocation.argument("predicted") else { return nil }
    let named = try invocation.dataset(expression)
    let other = try invocation.session.open(named)
    let differing = (0..<min(dataset.count, other.count)).first {
      dataset.id(at: $0) != other.id(at: $0)
    }
    guard dataset.count == other.count, differing == nil else {
      let found = differing.map { other.id(at: $0) }
      let wanted = differing.map { dataset.id(at: $0) }
      throw ShellError(
        .mismatch,
        "\(named.name) has \(found ?? "\(other.count) pictures") where the other set has "
          + (wanted ?? "\(dataset.count)"),
        at: expression.range, expected: "a set of the same pictures")
    }
    return other
  }

  /// A point that the set lacks is not finite, and is not drawn.
  private static func points(_ labels: FaceLabels) -> [Point] {
    let visibility = labels.landmarkVisibility
    return (labels.landmarks ?? []).enumerated().map { place, point in
      visibility?.dropFirst(place).first == .absent
        ? Point(.nan, .nan) : Point(Double(point.x), Double(point.y))
    }
  }

  // MARK: Tables

  private static func check(_ invocation: Invocation) throws -> Table {
    let expression = invocation.positional[0]
    let named = try invocation.dataset(expression)
    let session = invocation.session
    let dataset = try session.open(named)
    let survey = try session.survey(named)
    var rows = dataset.unusable.map {
      [Cell.text($0.path), .text("left out"), .text($0.reason)]
    }
    for (kind, problems) in [("unreadable", survey.unreadable), ("doubtful", survey.doubtful)] {
      rows += problems.map { [.text(dataset.id(at: $0.index)), .text(kind), .text($0.reason)] }
    }
    let (count, problems) = (dataset.count, dataset.unusable.count)
    session.emit(
      .note(
        "\(named.name): \(count - survey.unreadable.count) of \(count) samples can be used · "
          + "\(problems) problem\(problems == 1 ? "" : "s") when it was opened, "
          + "\(survey.unreadable.count) unreadable, \(survey.doubtful.count) doubtful"))
    return Table(DataFrame(columns: ["sample", "problem", "reason"], rows: rows))
  }

  private static func ids(_ invocation: Invocation) throws -> Table {
    let expression = invocation.positional[0]
    let dataset = try invocation.session.open(try invocation.dataset(expression))
    let names = dataset.identityNames
    let rows = try invocation.reading(expression) {
      try (0..<dataset.count).map { index -> [Cell] in
        let labels = try dataset.labels(at: index)
        let identity = labels.identity.flatMap { names.indices.contains($0) ? names[$0] : nil }
        return [
          .text(dataset.id(at: index)), identity.map { .text($0) } ?? .missing,
          labels.emotion.map { .text("\($0)") } ?? .missing,
          dataset.part(at: index).map { .text($0.rawValue) } ?? .missing,
        ]
      }
    }
    return Table(DataFrame(columns: ["sample", "identity", "emotion", "part"], rows: rows))
  }
}

/// The labels of a face in a few words: `Al_Gore · happiness · AU6 3 AU12 4`.
enum FaceCaption {
  /// Units that are named, the strongest.
  private static let unitCount = 3

  static func text(_ labels: FaceLabels, names: [String]) -> String {
    var parts: [String] = []
    if let identity = labels.identity, names.indices.contains(identity) {
      parts.append(names[identity])
    }
    if let emotion = labels.emotion { parts.append("\(emotion)") }
    let units = units(labels)
    if !units.isEmpty { parts.append(units) }
    if let pose = labels.headPose, labels.emotion == nil, units.isEmpty {
      parts.append("yaw \(Int(pose.yaw.rounded()))°")
    }
    return parts.joined(separator: " · ")
  }

  private static func units(_ labels: FaceLabels) -> String {
    let coded = (labels.unitIntensities?.units ?? []) + ActionUnit.allCases.map(\.rawValue)
    let values = Set(coded).compactMap { unit in
      labels.intensity(ofUnit: unit).map { (unit, $0) }
    }
    let strong = values.filter { $0.1 >= 1 }.sorted { ($1.1, $0.0) < ($0.1, $1.0) }
    if values.isEmpty, let present = labels.unitOccurrences {
      let there = zip(present.units, present.values).filter { $0.1 >= 1 }
      return there.prefix(unitCount).map { "AU\($0.0)" }.joined(separator: " ")
    }
    return strong.prefix(unitCount).map { "AU\($0.0) \(Int($0.1.rounded()))" }
      .joined(separator: " ")
  }
}
