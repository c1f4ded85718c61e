import Experiments
import FaceData
import Foundation
import Plotting
import Statistics

/// `predict`: what an adapted run sees in photos or in a data set, as a picture and as a file.
enum PredictCommand {
  static let definition = CommandDefinition(
    "predict", .experiments, "shows what an adapted run sees in photos or a data set",
    usage: "predict RUN, on: FILE|FOLDER|DATASET, to: faces.csv, count: 12",
    arguments: ["a finished run of `adapt`"], labels: labels, acceptsOptions: true, effect: .runs,
    run: run)

  private static let figureLabels: [CommandDefinition.Label] =
    [
      .init("count", "faces to show, 12 by default, spread over all"),
      .init("columns", "faces side by side"),
    ] + FigureCommands.captionLabels

  private static let labels: [CommandDefinition.Label] =
    [
      .init("on", "a photo, a folder of photos or a data set"),
      .init("gallery", "recognition: the data set of known people; the training set by default"),
      .init("to", "also writes all answers to a .json or .csv file"),
      RunCommands.shared[1], RunCommands.shared[3],
    ] + figureLabels

  @Sendable private static func run(_ invocation: Invocation) throws -> Value {
    let session = invocation.session
    let request = try request(invocation)
    try checkTarget(invocation)
    let done = try session.perform(request)
    // A plan has no answers to draw, and writes no file.
    guard session.plan == nil else { return .nothing }
    let found = try read(done, session)
    note(found, invocation)
    guard !found.faces.isEmpty else {
      let reasons = found.unusable.prefix(3).map { "\($0.path): \($0.reason)" }
      throw ShellError(
        .data, "there is no face to show in \(request.dataset.name)",
        at: invocation.argument("on")?.range,
        notes: reasons + ["`crop: whole` takes pictures as they are"])
    }
    if let expression = invocation.argument("to") { try write(found, done, expression, invocation) }
    return .figure(try figure(found, request, done, invocation))
  }

  // MARK: What to run

  private static func request(_ invocation: Invocation) throws -> JobRequest {
    let model = try adapted(invocation)
    guard let method = MethodCatalog.method(.predict, model.method) else {
      throw ShellError(
        .unknownMethod, "`predict` does not know the task \(model.method)",
        at: invocation.positional[0].range)
    }
    let reader = RequestReader(invocation: invocation, kind: .predict)
    // Some of the figure's labels are words of options, too: `width`.
    let arguments = invocation.labelled.filter { given in
      !figureLabels.contains { $0.name == given.name.text }
    }.map { RequestReader.Argument(name: $0.name, value: $0.value) }
    var options = try reader.options(of: method, arguments)
    let (dataset, isPhotos) = try dataset(invocation)
    if options["crop"] == nil, !isPhotos { options["crop"] = .text("whole") }
    var request = JobRequest(
      kind: .predict, method: method, options: options, dataset: dataset, parent: model)
    request.name = try invocation.text("as")
    request.isFresh = try invocation.flag("fresh") ?? false
    request.test = try gallery(of: model, invocation)
    return request
  }

  private static func adapted(_ invocation: Invocation) throws -> Run {
    let expression = invocation.positional[0]
    let run = try invocation.run(expression, needsWeights: true)
    guard run.kind == .adapt, run.status == .finished else {
      let what =
        run.kind == .adapt ? "is \(run.status.rawValue)" : "was made by \(run.kind.rawValue)"
      throw ShellError(
        .unknownRun, "\(run.name) \(what)", at: expression.range,
        expected: "a finished run of `adapt`")
    }
    guard run.specification.options["protocol"] != .text("knn") else {
      throw ShellError(
        .unknownRun, "\(run.name) has no head: nearest neighbours learn none",
        at: expression.range, expected: "a run with another protocol")
    }
    return run
  }

  /// A data set by its name, else the pictures at a path; and whether it is the latter.
  private static func dataset(_ invocation: Invocation) throws -> (NamedDataset, isPhotos: Bool) {
    guard let expression = invocation.argument("on") else {
      throw TableCommands.missing("on", invocation)
    }
    let session = invocation.session
    let isWord = expression.plainWord.map { session.scope[$0] == nil } ?? false
    let value = isWord ? nil : try session.evaluate(expression)
    if case .dataset(let dataset)? = value { return (dataset, false) }
    let given = try invocation.path(expression)
    let path = DataSources.absolute(given)
    if !FileManager.default.fileExists(atPath: path) {
      do {
        return (try session.dataset(.text(given), at: expression.range), false)
      } catch let error as ShellError where error.code == .unknownDataset {
        throw ShellError(
          .missingFile, "there is neither a file or folder nor a data set `\(given)`",
          at: expression.range, suggestion: error.suggestion)
      }
    }
    let photos = DatasetSpecification.images(path: path)
    let named = NamedDataset(name: photos.name, specification: photos)
    _ = try invocation.reading(expression) { try session.open(named) }
    return (named, true)
  }

  /// Recognition finds people in a gallery.
  private static func gallery(of model: Run, _ invocation: Invocation) throws -> JobRequest.Test? {
    let session = invocation.session
    let given = invocation.argument("gallery")
    guard model.method == "recognition" else {
      guard let given else { return nil }
      throw ShellError(
        .unknownLabel, "a gallery has no meaning for \(model.method)", at: given.range,
        notes: ["it is for runs of `adapt recognition`"])
    }
    let set = try given.map { try invocation.dataset($0) } ?? session.dataset(of: model)
    let fingerprint = try invocation.reading(given) { try session.fingerprint(of: set) }
    try session.register(set, fingerprint: fingerprint)
    return JobRequest.Test(set: set, fingerprint: fingerprint)
  }

  // MARK: What came out

  private static func read(_ run: Run, _ session: Session) throws -> FacePredictions {
    let store = try session.store()
    guard let path = try store.artifactPath(run: run.id, name: "predictions") else {
      throw ShellError(.data, "\(run.name) left no predictions")
    }
    let file = store.folder.appendingPathComponent(path)
    do {
      return try JSONDecoder().decode(FacePredictions.self, from: Data(contentsOf: file))
    } catch {
      throw ShellError(
        .data, "the predictions of \(run.name) cannot be read from \(file.path)",
        notes: ["`predict …, fresh: true` makes them anew"])
    }
  }

  private static func note(_ found: FacePredictions, _ invocation: Invocation) {
    var lines: [String] = []
    if !found.unusable.isEmpty {
      lines.append("\(found.unusable.count) not usable:")
      lines += found.unusable.prefix(3).map { "  \($0.path): \($0.reason)" }
      if found.unusable.count > 3 { lines.append("  … and \(found.unusable.count - 3) more") }
    }
    if !found.empty.isEmpty {
      let few = found.empty.prefix(3).joined(separator: ", ")
      lines.append(
        "\(found.empty.count) without a face: \(few)" + (found.empty.count > 3 ? ", …" : ""))
    }
    if !lines.isEmpty { invocation.session.emit(.note(lines.joined(separator: "\n"))) }
  }

  private static func checkTarget(_ invocation: Invocation) throws {
    guard let expression = invocation.argument("to") else { return }
    let path = try invocation.path(expression)
    guard path.hasSuffix(".json") || path.hasSuffix(".csv") else {
      throw ShellError(
        .unknownChoice, "`\(path)` ends neither in .json nor in .csv", at: expression.range,
        expected: "a name that ends in .json or .csv")
    }
  }

  private static func write(
    _ found: FacePredictions, _ run: Run, _ expression: Expression, _ invocation: Invocation
  ) throws {
    let path = FileOutput.expanded(try invocation.path(expression))
    try invocation.at(expression) {
      if path.hasSuffix(".csv") {
        try FileOutput.write(PredictionTable(found).frame.csv, to: path)
      } else {
        try FileOutput.write(try CanonicalJSON.encode(found), to: path)
      }
    }
    invocation.session.emit(.note("\(found.faces.count) faces · \(path)"))
  }

  private static func figure(
    _ found: FacePredictions, _ request: JobRequest, _ run: Run, _ invocation: Invocation
  ) throws -> ShownFigure {
    let session = invocation.session
    let count = try invocation.integer("count", in: 1...400) ?? 12
    let drawing = PredictionDrawing(
      found, photos: try session.open(request.dataset),
      gallery: try request.test.map { try session.open($0.set) })
    let chosen = SheetCommands.spread(found.faces, count: count)
    var sheet = PredictionSheet(
      try invocation.reading(invocation.argument("on")) { try chosen.map(drawing.item) })
    sheet.columns = try invocation.integer("columns", in: 1...40)
    return try FigureCommands.shown(
      sheet, "\(chosen.count) of \(found.faces.count) faces of \(request.dataset.name)", [run.id],
      invocation)
  }
}
