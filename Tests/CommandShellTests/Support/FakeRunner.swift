import Experiments
import FaceData
import Foundation

@testable import CommandShell

/// Carries out runs by writing what a training would leave: plausible, and the same each time.
final class FakeRunner: JobRunner {
  /// Names of the runs that were carried out, in order.
  private(set) var names: [String] = []
  /// What becomes of the next runs; then they finish.
  var outcomes: [JobOutcome] = []
  var predictsNothing = false

  /// How far each run was to go, where it was limited.
  private(set) var shares: [Double] = []
  static let steps = 9

  func run(
    _ run: Run, store: Store, limits: RunLimits, report: (EngineEvent) -> Void
  ) throws -> JobOutcome {
    names.append(run.name)
    try store.start(run: run.id, device: "cpu", threads: 1)
    if let share = limits.share, outcomes.isEmpty {
      return try self.run(run, share: share, store, report)
    }
    report(.progress(EngineProgress(phase: "train", step: 1, steps: 2, loss: 5)))
    let outcome = outcomes.isEmpty ? .finished : outcomes.removeFirst()
    switch outcome {
    case .finished:
      try store.log(
        (0..<4).map { MetricPoint(run: run.id, name: "loss", step: $0, value: 5 - Double($0)) })
      try store.addResults(try results(run, store))
      if run.kind == .predict {
        try leaveAnswers(run, store)
      } else if run.method == "landmarks" {
        try leavePredictions(run, store)
      }
      if run.method == "embeddings" { try leaveEmbeddings(run, store) }
      try store.finish(run: run.id)
    case .paused: try store.pause(run: run.id)
    case .failed(let message): try store.fail(run: run.id, message: message)
    case .interrupted: break
    }
    report(.finished)
    return outcome
  }

  /// A part of a run whose loss is lowest for a learning rate of 0.1.
  private func run(
    _ run: Run, share: Double, _ store: Store, _ report: (EngineEvent) -> Void
  ) throws -> JobOutcome {
    shares.append(share)
    let rate = run.specification.options["learning-rate"]?.realValue ?? 1
    let done = Int((share * Double(Self.steps)).rounded(.up))
    try store.log(
      (1...done).map {
        MetricPoint(run: run.id, name: "loss", step: $0, value: abs(log10(rate) + 1))
      })
    report(.progress(EngineProgress(phase: "train", step: done, steps: Self.steps)))
    try store.pause(run: run.id)
    report(.paused)
    return .paused
  }

  private(set) var backgroundCells: [String] = []

  func start(cell: String, storePath: String, log: URL) throws -> Int {
    backgroundCells.append(cell)
    return 4711
  }

  /// NME = 10 − 2·(pre-trained) − log10 of the percentage of labels + 0.1·seed.
  static func error(isScratch: Bool, percent: Double, seed: Int) -> Double {
    10 - (isScratch ? 0 : 2) - log10(percent) + 0.1 * Double(seed)
  }

  private func leavePredictions(_ run: Run, _ store: Store) throws {
    let path = "runs/\(run.id)/predictions.json"
    let points: [[Double]] = (0..<68).map { point in
      let (row, column) = (Double(point / 9), Double(point % 9))
      return [column * 5 + 4, row * 5 + 4]
    }
    let data = try CanonicalJSON.encode(run.specification.data)
    let shape = "\(points)"
    let samples: [String] = (0..<40).map { index in
      #"{"index":\#(index),"id":"\#(index)","truth":\#(shape),"predicted":\#(shape)}"#
    }
    let list = samples.joined(separator: ",")
    let text = #"{"dataset":\#(data),"size":48,"samples":[\#(list)]}"#
    let file = store.folder.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    try store.addArtifact(
      run: run.id, name: "predictions", path: path, size: text.utf8.count,
      sha256: String(repeating: "0", count: 64))
  }

  /// Two faces in the first photo, a photo without one and a file that is none.
  private func leaveAnswers(_ run: Run, _ store: Store) throws {
    let data = try CanonicalJSON.decode(
      DatasetSpecification.self, from: CanonicalJSON.encode(run.specification.data))
    let faces = (1...2).map { number in
      var face = FacePredictions.Face(
        photo: 0, id: "me.jpg", face: number, part: .scale(64, 64))
      (face.score, face.box) = (0.9, FaceBox(x: 4, y: 5, width: 30, height: 32))
      face.values = [0.7, 0.2, -0.5]
      return face
    }
    var answers = FacePredictions(
      task: run.method, dataset: data, crop: "face", faces: predictsNothing ? [] : faces)
    answers.names = ["happiness", "sadness", "valence"]
    answers.unusable = [UnusableSample(path: "letter.jpg", reason: "no picture")]
    answers.empty = ["wall.jpg"]
    let path = "runs/\(run.id)/predictions.json"
    let file = store.folder.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(CanonicalJSON.encode(answers).utf8).write(to: file)
    try store.addArtifact(
      run: run.id, name: "predictions", path: path, size: 1,
      sha256: String(repeating: "0", count: 64))
  }

  /// Features on a circle, evenly.
  private func leaveEmbeddings(_ run: Run, _ store: Store) throws {
    let counts = try store.query(
      "SELECT counts ->> '$.samples' FROM datasets WHERE fingerprint = ?",
      [.text(run.dataFingerprint)])
    let count = Int(counts.rows.first?.first?.integerValue ?? 0)
    let header =
      #"{"features":{"dtype":"F32","shape":[\#(count),2],"data_offsets":[0,\#(count * 8)]}}"#
    var data = withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) }
    data += Data(header.utf8)
    for index in 0..<count {
      let angle = 2 * Double.pi * Double(index) / Double(count)
      for value in [Float(cos(angle)), Float(sin(angle))] {
        withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) }
      }
    }
    let path = "runs/\(run.id)/embeddings.safetensors"
    let file = store.folder.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: file)
    try store.addArtifact(
      run: run.id, name: "embeddings", path: path, size: data.count,
      sha256: String(repeating: "0", count: 64))
  }

  private func results(_ run: Run, _ store: Store) throws -> [ResultRow] {
    if run.method == "embeddings" { return [] }
    if run.kind == .evaluate {
      let gains = ["pixels", "random"].flatMap {
        [("\($0).auc[roc]", 0.7), ("gain[\($0)]", 0.2)]
          + [("low95.gain[\($0)]", 0.1), ("high95.gain[\($0)]", 0.3)]
      }
      let metrics = [("accuracy[10-fold]", 80.0), ("auc[roc]", 0.9), ("eer", 20)] + gains
      return metrics.map { metric, value in
        ResultRow(
          run: run.id, task: run.method, dataset: "faces", protocolName: "features", metric: metric,
          split: "test", selection: .last, value: value, count: 100)
      }
    }
    guard run.kind == .adapt else { return [] }
    let labels = run.specification.options["labels"]?.shown ?? ""
    let nme = Self.error(
      isScratch: run.parents.isEmpty, percent: Double(labels.dropLast()) ?? 100, seed: run.seed)
    let metrics: [(String, Double)] =
      switch run.method {
      case "landmarks":
        [
          ("nme[inter-ocular]", nme), ("nme[inter-pupil]", nme * 1.4),
          ("mean-shape.nme[inter-ocular]", 20),
        ]
      case "emotion": [("accuracy[10-fold]", 100 - nme), ("f1[macro-7-class]", 90 - nme)]
      default: [("accuracy[10-fold]", 100 - nme), ("auc[roc]", 1 - nme / 100)]
      }
    let protocolName = run.specification.options["protocol"]?.textValue ?? ""
    let dataset = try store.query(
      "SELECT name FROM datasets WHERE fingerprint = ?", [.text(run.dataFingerprint)])
    return metrics.flatMap { metric in
      [(SelectionRule.last, 1.0), (.validationBest, 0.0)].map { selection, worse in
        ResultRow(
          run: run.id, task: run.method, dataset: dataset.rows.first?.first?.textValue ?? "?",
          protocolName: protocolName, metric: metric.0, split: "test", selection: selection,
          value: metric.1 + worse, count: 100)
      }
    }
  }
}

/// A session over a store in a folder of its own, with what it showed.
final class TestSession {
  let runner = FakeRunner()
  let session: Session
  let folder: URL
  private(set) var outputs: [Session.Output] = []

  init(isDocument: Bool = false, folder: URL? = nil) throws {
    let place =
      folder
      ?? FileManager.default.temporaryDirectory.appendingPathComponent("facet-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    self.folder = place
    session = Session(
      settings: .init(
        storePath: place.appendingPathComponent("experiments.sqlite").path, name: "test",
        isDocument: isDocument), runner: runner)
    session.onOutput = { [unowned self] in outputs.append($0) }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  @discardableResult
  func run(_ text: String) throws -> [String] {
    outputs = []
    try session.run(SourceText(name: "cell", text: text))
    return shown
  }

  /// The rendered error of a cell, or the empty string.
  func failure(_ text: String) -> String {
    do {
      try run(text)
      return ""
    } catch {
      return DiagnosticRenderer(isStyled: false).render(Session.shellError(error))
    }
  }

  /// What the last cell showed, as a terminal does.
  var shown: [String] {
    var lines: [String] = []
    let console = Console(isStyled: false) { lines.append(String($0.dropLast())) }
    for output in outputs { console.show(output) }
    return lines
  }

  var tables: [ShownTable] {
    outputs.compactMap { if case .table(let table) = $0 { table } else { nil } }
  }

  /// The first table that the last cell showed, with plain line ends.
  var csv: String? { tables.first?.csv.replacing("\r\n", with: "\n") }

  var figures: [ShownFigure] {
    outputs.compactMap { if case .figure(let figure) = $0 { figure } else { nil } }
  }
}
