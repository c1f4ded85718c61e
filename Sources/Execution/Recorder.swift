import Experiments
import Foundation

/// Takes a job's numbers to the store, in batches, and its progress to whoever started the job.
final class Recorder {
  let run: Run
  private let store: Store
  private let progressFile: URL
  /// For ranks that keep quiet: the first one tells everything.
  private let isMute: Bool
  private let events: (EngineEvent) -> Void
  private var pending: [MetricPoint] = []
  private var lastFlush = Date()
  private var lastEvent = Date.distantPast
  /// A crash loses at most this much of the curves.
  private static let flushSeconds = 1.0
  private static let eventSeconds = 0.2

  /// - Parameter folder: the run's.
  init(
    run: Run, store: Store, folder: URL, isMute: Bool = false,
    events: @escaping (EngineEvent) -> Void
  ) {
    (self.run, self.store, self.isMute, self.events) = (run, store, isMute, events)
    progressFile = folder.appending(path: EngineProgress.fileName)
  }

  func metric(_ name: String, step: Int, _ value: Double) {
    guard !isMute else { return }
    pending.append(MetricPoint(run: run.id, name: name, step: step, value: value, time: Date()))
  }

  /// Shows progress at most five times a second and writes what is pending once a second.
  ///
  /// - Parameter isLast: the job stops here: it is shown in any case.
  func progress(_ progress: EngineProgress, isLast: Bool = false) throws {
    guard !isMute else { return }
    let now = Date()
    let isEnd = isLast || progress.step == progress.steps
    if isEnd || now.timeIntervalSince(lastEvent) >= Self.eventSeconds {
      lastEvent = now
      events(.progress(progress))
    }
    let isDue = now.timeIntervalSince(lastFlush) >= Self.flushSeconds
    if isDue {
      try flush()
      try store.heartbeat(run: run.id)
    }
    if isDue || isEnd {
      // Whoever watches the run does without where it cannot be written.
      try? Data(CanonicalJSON.encode(progress).utf8).write(to: progressFile, options: .atomic)
    }
  }

  /// Tells whoever started the job something that it should know.
  func message(_ text: String) {
    if !isMute { events(.message(text)) }
  }

  /// Writes every pending point: call before a checkpoint and at the end.
  func flush() throws {
    lastFlush = Date()
    guard !pending.isEmpty else { return }
    try store.log(pending)
    pending.removeAll(keepingCapacity: true)
  }
}

/// Images a second and time left, from the steps of this process alone.
struct Pace {
  private let start = Date()
  private let firstStep: Int
  private let steps: Int
  private let imagesPerStep: Int

  init(firstStep: Int, steps: Int, imagesPerStep: Int) {
    (self.firstStep, self.steps, self.imagesPerStep) = (firstStep, steps, imagesPerStep)
  }

  func imagesPerSecond(after step: Int) -> Double {
    let seconds = max(Date().timeIntervalSince(start), 1e-6)
    return Double((step - firstStep) * imagesPerStep) / seconds
  }

  func secondsLeft(after step: Int) -> Double {
    let done = step - firstStep
    guard done > 0 else { return .infinity }
    return Date().timeIntervalSince(start) / Double(done) * Double(steps - step)
  }
}
