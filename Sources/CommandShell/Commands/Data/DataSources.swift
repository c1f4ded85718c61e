import FaceData
import Foundation
import Notebooks

/// Data sets in files: `data KIND, path: …` and `data add NAME, path: …`.
enum DataSources {
  static let labels: [CommandDefinition.Label] = [
    .init("path", "the folder or file"),
    .init("part", "train, test or another part that the set's makers made; all by default"),
    .init("crop", "landmarks: whole pictures (by default), or face"),
    .init("images", "the folder that picture names in the labels start from"),
    .init("every", "video: takes every n-th frame"),
  ]

  static let add = CommandDefinition(
    "data add", .data, "names a data set in files and keeps it in the store",
    usage: "data add faces, path: ~/wflw   (its kind is guessed; format: wflw names it)",
    arguments: ["a name"],
    labels: [.init("format", "the kind; guessed from the layout by default")] + labels,
    effect: .names
  ) { invocation in
    let name = try newName(invocation.positional[0], invocation)
    let specification = try specification(invocation)
    let dataset = NamedDataset(name: name, specification: specification)
    _ = try opened(specification, invocation, at: invocation.argument("path"))
    try invocation.session.keep(dataset)
    invocation.session.emitUnusable(of: dataset)
    return .dataset(dataset)
  }

  /// `data KIND, path: …`.
  @Sendable static func open(_ invocation: Invocation) throws -> Value {
    let first = invocation.positional[0]
    let kind = try kindWord(
      first, among: DataCommands.verbs.map(\.word) + DataCommands.kinds, invocation)
    if let surplus = invocation.positional.dropFirst().first {
      throw ShellError(
        .surplusArgument, "`data \(kind)` takes no further argument without a label",
        at: surplus.range, notes: ["usage: let NAME = data \(kind), path: …"])
    }
    let source = try source(kind, invocation)
    return try opened(DatasetSpecification(source), invocation, at: invocation.argument("path"))
  }

  // MARK: Arguments

  private static func specification(_ invocation: Invocation) throws -> DatasetSpecification {
    if let format = invocation.argument("format") {
      let kind = try kindWord(format, among: DataCommands.kinds, invocation)
      return DatasetSpecification(try source(kind, invocation))
    }
    let path = try path(invocation)
    let guess = try invocation.reading(invocation.argument("path")) {
      try DatasetFormat.guess(path: path)
    }
    invocation.session.emit(
      .note("\(guess.format.kind) (\(guess.format.title)): \(guess.reason)"))
    return DatasetSpecification(try source(guess.format.kind, invocation))
  }

  /// A kind of data set. Their list is too long for a message.
  private static func kindWord(
    _ expression: Expression, among words: [String], _ invocation: Invocation
  ) throws -> String {
    do {
      return try invocation.keyword(expression, for: "kind of data set", among: words)
    } catch let error as ShellError where error.code == .unknownChoice {
      throw ShellError(
        error.code, error.message, at: error.range,
        expected: words == DataCommands.kinds
          ? "a kind such as wflw" : "a verb such as stats, or a kind such as lfw",
        suggestion: error.suggestion, notes: ["`help data` lists them"])
    }
  }

  private static func source(_ kind: String, _ invocation: Invocation) throws -> DatasetSource {
    var source = DatasetSource(kind: kind, path: try path(invocation))
    let format = try invocation.reading(nil) { try DatasetFormat.named(kind) }
    if let crop = invocation.argument("crop") {
      try require(format.takesCrop, "crop", kind, "only landmarks are cropped", invocation)
      let word = try invocation.keyword(
        crop, for: "crop", among: LandmarkCrop.allCases.map(\.rawValue))
      source.crop = LandmarkCrop(rawValue: word) ?? .whole
    }
    if let part = invocation.argument("part") {
      try require(!format.parts.isEmpty, "part", kind, "the set has no parts", invocation)
      source.part = try invocation.keyword(part, for: "part", among: format.parts)
    }
    if let every = try invocation.integer("every", in: 1...1_000_000) {
      try require(kind == "video", "every", kind, "only videos have frames to pass by", invocation)
      source.every = every
    }
    source.images = try invocation.argument("images").map {
      absolute(try invocation.text($0, for: "images:"))
    }
    return source
  }

  private static func require(
    _ holds: Bool, _ label: String, _ kind: String, _ note: String, _ invocation: Invocation
  ) throws {
    guard !holds else { return }
    throw ShellError(
      .unknownLabel, "`data \(kind)` has no option `\(label):`",
      at: invocation.labelled.first { $0.name.text == label }?.name.range, notes: [note])
  }

  private static func path(_ invocation: Invocation) throws -> String {
    guard let expression = invocation.argument("path") else {
      throw TableCommands.missing("path", invocation)
    }
    let given = try invocation.path(expression)
    guard !given.isEmpty else {
      throw ShellError(
        .missingFile, "the path is empty", at: expression.range, expected: "a folder of faces",
        notes: ["a notebook's parameter is set by `--set name=path`"])
    }
    return absolute(given)
  }

  static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: FileOutput.expanded(path)).standardizedFileURL.path
  }

  // MARK: Names

  /// The name of a set that a verb makes: a word that may be bound, taken as it stands.
  static func newName(_ expression: Expression, _ invocation: Invocation) throws -> String {
    let text = try expression.plainWord ?? invocation.text(expression, for: "name")
    guard !text.isEmpty,
      text.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" })
    else {
      throw ShellError(
        .wrongType, "`\(text)` is no name", at: expression.range,
        expected: "letters, digits, `_` and `-`")
    }
    try invocation.session.checkName(Name(text: text, range: expression.range))
    return text
  }

  /// Opens the set, so that what is wrong with it shows here and not in the first run.
  static func opened(
    _ specification: DatasetSpecification, _ invocation: Invocation, at expression: Expression?
  ) throws -> Value {
    let dataset = NamedDataset(name: specification.name, specification: specification)
    _ = try invocation.reading(expression) { try invocation.session.open(dataset) }
    invocation.session.lastDataset = dataset
    return .dataset(dataset)
  }
}

extension Session {
  /// Binds a set to its name and notes it in the store, which is made where there is none.
  func keep(_ dataset: NamedDataset) throws {
    if plan == nil { _ = try store() }
    try register(dataset, fingerprint: fingerprint(of: dataset))
    scope.bind(dataset.name, .dataset(dataset))
    lastDataset = dataset
  }
}
