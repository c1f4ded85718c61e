import FaceData
import Foundation

/// Commands that give data sets.
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
      ] + FaceWorldSettings.Knob.allCases.map { .init($0.rawValue, $0.help) }, run: synthetic),
    CommandDefinition(
      "data", .data, "a folder of faces: lfw (a folder a person), landmarks (.pts), images, crop",
      usage: "let crops = data lfw, path: lfw/   or   let faces = data crop photos/, to: faces/",
      arguments: ["lfw, landmarks, images or crop", "crop: a folder of photos"], required: 1,
      labels: [
        .init("path", "the folder"),
        .init("crop", "landmarks: whole pictures (by default), or face"),
      ] + CropCommand.labels, run: folder),
  ]

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
      absolute(try invocation.text($0, for: "head:"))
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
    return try opened(.synthetic(settings), invocation, at: nil)
  }

  @Sendable private static func folder(_ invocation: Invocation) throws -> Value {
    let kind = try invocation.keyword(
      invocation.positional[0], for: "kind of data", among: ["lfw", "landmarks", "images", "crop"])
    guard kind != "crop" else {
      guard invocation.positional.count > 1 else {
        throw ShellError(
          .missingArgument, "`data crop` needs a folder of photos", at: invocation.call.name.range,
          notes: ["usage: \(invocation.definition.usage)"])
      }
      return try CropCommand.crop(invocation, photos: invocation.positional[1])
    }
    guard let expression = invocation.argument("path") else {
      throw TableCommands.missing("path", invocation)
    }
    let given = try invocation.text(expression, for: "path:")
    guard !given.isEmpty else {
      throw ShellError(
        .missingFile, "the path is empty", at: expression.range, expected: "a folder of faces",
        notes: ["a notebook's parameter is set by `--set name=path`"])
    }
    let path = absolute(given)
    let crop = try invocation.argument("crop").map {
      try invocation.keyword($0, for: "crop", among: LandmarkCrop.allCases.map(\.rawValue))
    }
    if crop != nil, kind != "landmarks" {
      throw ShellError(
        .unknownLabel, "`data \(kind)` has no option `crop:`",
        at: invocation.labelled.first { $0.name.text == "crop" }?.name.range,
        notes: ["only landmarks are cropped"])
    }
    let specification: DatasetSpecification =
      switch kind {
      case "lfw": .lfw(path: path)
      case "images": .images(path: path)
      default: .landmarks(path: path, crop: crop.flatMap(LandmarkCrop.init) ?? .whole)
      }
    return try opened(specification, invocation, at: expression)
  }

  static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: FileOutput.expanded(path)).standardizedFileURL.path
  }

  /// Opens the set, so that what is wrong with it shows here and not in the first run.
  static func opened(
    _ specification: DatasetSpecification, _ invocation: Invocation, at expression: Expression?
  ) throws -> Value {
    let dataset = NamedDataset(name: specification.name, specification: specification)
    do {
      _ = try invocation.session.open(dataset)
    } catch let error as FaceDataError {
      throw ShellError(.data, "\(error)", at: expression?.range ?? invocation.range)
    }
    invocation.session.lastDataset = dataset
    return .dataset(dataset)
  }
}
