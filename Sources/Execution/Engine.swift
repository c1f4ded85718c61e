public import Experiments
import FaceData
public import Foundation
import Torch

/// Carries out one run of a store.
public struct Engine {
  let store: Store
  /// Where the store lies; `runs/` and `cache/` are beside it.
  let folder: URL
  let events: (EngineEvent) -> Void
  let isInterrupted: () -> Bool
  let limits: JobLimits
  /// The processes that carry out the run together.
  var ranks = Ranks()

  public init(
    store: Store, folder: URL, events: @escaping (EngineEvent) -> Void,
    isInterrupted: @escaping () -> Bool = { InterruptFlag.isRaised }
  ) {
    self.init(
      store: store, folder: folder, limits: JobLimits(), events: events,
      isInterrupted: isInterrupted)
  }

  init(
    store: Store, folder: URL, limits: JobLimits, events: @escaping (EngineEvent) -> Void,
    isInterrupted: @escaping () -> Bool = { InterruptFlag.isRaised }
  ) {
    (self.store, self.folder, self.limits) = (store, folder, limits)
    (self.events, self.isInterrupted) = (events, isInterrupted)
  }

  /// How many processes the run's options ask for.
  func ranks(ofRun id: String) throws -> Int {
    guard let run = try store.run(id: id), run.kind == .pretrain else { return 1 }
    return try JobOptions(values: run.specification.options).integer("ranks")
  }

  /// Runs to the end or to a pause; a failure is written into the store, then thrown.
  public func execute(run id: String) throws -> JobEnd {
    guard let run = try store.run(id: id) else {
      throw EngineError(.missingParent, "the store has no run \(id)")
    }
    do {
      let end = try carryOut(run)
      guard ranks.isFirst else { return end }
      switch end {
      case .finished:
        try store.finish(run: id)
        events(.finished)
      case .paused:
        try store.pause(run: id)
        events(.paused)
      }
      return end
    } catch {
      let error = Self.explained(error)
      if ranks.isFirst { try? store.fail(run: id, message: "\(error)") }
      throw error
    }
  }

  /// A lost rank in words for the person who started them.
  private static func explained(_ error: any Error) -> any Error {
    guard let error = error as? TensorError, error.code == .lostRank else { return error }
    return EngineError(
      .lostRank,
      "another rank of this run is gone: its own message is in the log of the machine that it ran on;"
        + " resume goes on from the last checkpoint, with any number of ranks (\(error.message))")
  }

  private func carryOut(_ run: Run) throws -> JobEnd {
    // Only pre-training is shared; the first rank does anything else alone.
    guard ranks.isFirst || run.kind == .pretrain else { return .finished }
    let ranks = run.kind == .pretrain ? ranks : Ranks()
    var options = JobOptions(values: run.specification.options)
    options.localRank = ranks.localRank
    let threads = try max(options.threads() / ranks.perMachine, 1)
    try setThreads(threads)
    let folder = try runFolder(run)
    let checkpoint = try Checkpoint.load(
      folder.appending(path: JobFiles.checkpoint), owner: run.cacheKey)
    if ranks.isFirst {
      try start(run, after: checkpoint?.step ?? 0, device: options.device(), threads: threads)
    }
    let (source, name) = try ranks.firstBefore { try dataset(of: run, threads: threads) }
    let test = try run.specification.test.map { try DatasetSpecification($0.data) }
    let context = JobContext(
      run: run, store: store,
      recorder: Recorder(
        run: run, store: store, folder: folder, isMute: !ranks.isFirst, events: events),
      dataset: Self.remembering(source), source: source, options: options, folder: folder,
      checkpoint: checkpoint, threads: threads, isInterrupted: isInterrupted, limits: limits,
      ranks: ranks, datasetName: name,
      testSet: try test.map { (Self.remembering(try open($0, threads: threads)), $0.name) },
      cacheFolder: self.folder.appending(path: "cache"))
    switch run.kind {
    case .pretrain: return try PretrainJob(context: context).run()
    case .adapt: return try AdaptJob(context: context).run()
    case .evaluate: return try EvaluateJob(context: context).run()
    case .predict: return try PredictJob(context: context).run()
    case .importing: return try ImportJob(context: context).run()
    }
  }

  private func dataset(of run: Run, threads: Int) throws -> (any FaceDataset, name: String) {
    guard run.kind != .importing else { return (NoFaces(), "none") }
    let data = try DatasetSpecification(run.specification.data)
    return (try open(data, threads: threads), data.name)
  }

  /// Enters a new segment of the run; what an earlier one measured beyond the checkpoint no longer
  /// counts.
  private func start(_ run: Run, after step: Int, device: Device, threads: Int) throws {
    try store.start(
      run: run.id, device: "\(device)", threads: threads, step: step,
      versions: ["torch": torchVersion])
    try store.supersede(run: run.id, after: step)
    if step > 0 { events(.message("resumed at step \(step)")) }
  }

  private func open(_ data: DatasetSpecification, threads: Int) throws -> any FaceDataset {
    try data.open(cacheFolder: folder.appending(path: "cache"), threads: threads)
  }

  private static func remembering(_ dataset: any FaceDataset) -> any FaceDataset {
    DecodedCache(dataset, byteLimit: 2 << 30)
  }

  private func runFolder(_ run: Run) throws -> URL {
    let url = folder.appending(path: "runs").appending(path: run.id)
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    return url
  }
}
