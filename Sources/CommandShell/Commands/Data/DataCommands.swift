import Experiments
import FaceData
import Foundation

/// Commands that give data sets, and the verbs of `data` that look at them.
enum DataCommands {
  static let all: [CommandDefinition] = [
    CommandDefinition(
      "synthetic", .data, "a set of rendered faces with exact labels",
      usage: "let wild = synthetic wild, identities: 400, images: 20_000, size: 64, seed: 1",
      arguments: [FaceWorldSettings.Profile.allCases.map(\.rawValue).joined(separator: ", ")],
      labels: [
        .init("identities", "people, 400 by default"), .init("images", "faces, 20,000 by default"),
        .init("size", "pixels a side, 64 by default"), .init("seed", "seed, 0 by default"),
        .init("clips", "video: number of clips, in place of images:"),
        .init("head", "ICT-FaceKit's FaceXModel folder or pack, in place of our own head"),
        .init(
          "landmarks", "ibug68 by default, or wflw98, lapa106, cofw29, aflw19, five"),
      ] + FaceWorldSettings.Knob.allCases.map { .init($0.rawValue, $0.help) }, run: synthetic),
    CommandDefinition(
      "data", .data, "data sets in files, and what they are worth",
      usage: "let crops = data lfw, path: ~/lfw   or   data VERB NAME, …",
      arguments: ["a kind of data set or a verb"], required: 1, isVariadic: true,
      labels: DataSources.labels, verbs: verbs, run: DataSources.open),
  ]

  static let verbs: [CommandDefinition] =
    [DataSources.add, CropCommand.verb] + DataInspection.verbs + DataConversion.verbs
    + DataSubsets.verbs
    + [DataStatistics.stats, DataDuplicates.verb] + DataRedundancy.verbs + DataFeatures.verbs
    + [DataMesh.verb]

  /// The kinds of data sets in files.
  static let kinds = DatasetFormat.all.map(\.kind)

  @Sendable private static func synthetic(_ invocation: Invocation) throws -> Value {
    let profiles = FaceWorldSettings.Profile.allCases.map(\.rawValue)
    let word = try invocation.keyword(
      invocation.positional[0], for: "profile", among: profiles)
    var settings = FaceWorldSettings(profile: .init(rawValue: word) ?? .wild)
    let many = 1...100_000_000
    settings.identities = try invocation.integer("identities", in: many) ?? settings.identities
    settings.images = try invocation.integer("images", in: many) ?? settings.images
    settings.size = try invocation.integer("size", in: 16...1024) ?? settings.size
    settings.seed = try invocation.integer("seed", in: 0...Int(Int32.max)) ?? settings.seed
    settings.head = try invocation.argument("head").map {
      DataSources.absolute(try invocation.path($0))
    }
    if let scheme = invocation.argument("landmarks") {
      let name = try invocation.keyword(
        scheme, for: "landmark scheme", among: LandmarkScheme.named.map(\.name))
      settings.landmarks = LandmarkScheme(name: name) ?? settings.landmarks
    }
    // What is out of range or of no use in the profile the world itself says.
    for knob in FaceWorldSettings.Knob.allCases {
      if let value = try invocation.number(knob.rawValue) { settings[knob] = value }
    }
    if let clips = try invocation.integer("clips", in: 1...1_000_000) {
      guard settings.profile == .video else {
        throw ShellError(
          .unknownLabel, "`synthetic \(word)` has no clips",
          at: invocation.labelled.first { $0.name.text == "clips" }?.name.range,
          notes: ["clips are of `synthetic video`"])
      }
      settings.images = clips * Int(min(max(settings[.frames].rounded(), 1), 10_000))
    }
    return try DataSources.opened(.synthetic(settings), invocation, at: nil)
  }
}

extension Invocation {
  /// The data set that an argument names.
  func dataset(_ expression: Expression) throws -> NamedDataset {
    try session.dataset(try session.evaluate(expression), at: expression.range)
  }

  /// A data set's own errors, with the place of the argument that names it.
  func reading<Result>(_ expression: Expression?, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as FaceDataError {
      throw ShellError(.data, "\(error)", at: expression?.range ?? range)
    }
  }

  /// A share such as `10%`, or a count.
  func budget(_ label: String) throws -> LabelBudget? {
    guard let expression = argument(label) else { return nil }
    switch try session.evaluate(expression) {
    case .percent(let percent): return .share(percent / 100)
    case .integer(let count): return .count(count)
    case let value:
      throw wrongType("\(label):", "a share such as 10%, or a count", value, expression)
    }
  }

  /// A finished run to take features from; nil for the pictures themselves.
  func featureRun() throws -> Run? {
    guard let expression = argument("by") else { return nil }
    let run = try run(expression, needsWeights: true)
    guard run.status == .finished else {
      throw ShellError(
        .unknownRun, "\(run.name) is \(run.status.rawValue), not finished", at: expression.range,
        notes: ["`resume \(run.name)` goes on with it"])
    }
    return run
  }
}
