import Experiments
import Foundation

/// A run as it is entered into the store.
struct RunOrder {
  let specification: RunSpecification
  let name: String
  let dataFingerprint: String
  var parents: [RunID] = []
  var isFresh = false
  var isStarted = true
}

/// Tells a pause at a limit from one that the user wished.
struct LimitWatch {
  private let limits: RunLimits
  private let started = Date()
  private var share = 0.0

  init(_ limits: RunLimits) { self.limits = limits }

  mutating func take(_ event: EngineEvent) {
    guard case .progress(let progress) = event, let step = progress.step,
      let steps = progress.steps, steps > 0
    else { return }
    share = Double(step) / Double(steps)
  }

  var isReached: Bool {
    if let limit = limits.share, share >= limit { return true }
    return limits.seconds.map { Date().timeIntervalSince(started) >= $0 } ?? false
  }
}

extension Session {
  /// Carries out a request, or finds it done: a finished run with the same inputs is used again,
  /// one that was stopped goes on.
  ///
  /// - Throws: `.jobFailed`, `.paused`, and what the specification and the store throw.
  func perform(
    _ request: JobRequest, position: Int = 1, of total: Int = 1, limits: RunLimits = .none
  ) throws -> Run {
    let specification = try request.specification()
    let fingerprint = try fingerprint(of: request.dataset)
    let order = RunOrder(
      specification: specification, name: request.runName(specification),
      dataFingerprint: fingerprint, parents: request.parent.map { [$0.id] } ?? [],
      isFresh: request.isFresh, isStarted: request.isStarted)
    return try perform(order, position: position, of: total, limits: limits) {
      try register(request.dataset, fingerprint: fingerprint)
    }
  }

  /// - Parameter prepare: called where something is to be carried out.
  func perform(
    _ order: RunOrder, position: Int = 1, of total: Int = 1, limits: RunLimits = .none,
    prepare: () throws -> Void = {}
  ) throws -> Run {
    if let plan { return try plan.perform(order, in: self) }
    let store = try store()
    let key = try CacheKey.of(order.specification, dataFingerprint: order.dataFingerprint)
    if !order.isFresh, let run = try store.finishedRun(cacheKey: key) {
      return try reuse(run, as: order.name, total: total)
    }
    try prepare()
    try refuseRunning(key, in: store)
    guard order.isStarted else { return try enter(order, key: key) }
    if !order.isFresh, let waiting = try store.resumableRun(cacheKey: key) {
      let run = try store.revise(run: waiting.id, specification: order.specification)
      if run.status != .queued, limits == .none {
        emit(.note("\(run.name) · \(run.status.rawValue), goes on"))
      }
      return try carryOut(run, position: position, of: total, limits: limits)
    }
    return try carryOut(try create(order), position: position, of: total, limits: limits)
  }

  private func create(_ order: RunOrder) throws -> Run {
    try store().createRun(
      specification: order.specification, name: order.name,
      dataFingerprint: order.dataFingerprint, parents: order.parents,
      notebookCell: try currentCell(), experiment: nil)
  }

  /// A run for another program to carry out; one that can go on is told again.
  private func enter(_ order: RunOrder, key: String) throws -> Run {
    let store = try store()
    let former = order.isFresh ? nil : try store.resumableRun(cacheKey: key)
    let run = try former ?? create(order)
    note(run)
    emit(
      .note(
        "\(run.name) · \(run.status.rawValue) · facet-engine run --store \(store.path) --id \(run.id)"
      ))
    return run
  }

  /// Runs a run that is in the store to its end, or to the limits, where it is paused then.
  func carryOut(
    _ run: Run, position: Int = 1, of total: Int = 1, limits: RunLimits = .none
  ) throws -> Run {
    let store = try store()
    note(run)
    func tell(_ stage: JobReport.Stage) {
      onJob(JobReport(run: run, stage: stage, position: position, total: total))
    }
    tell(.started)
    let outcome: JobOutcome
    var watch = LimitWatch(limits)
    do {
      outcome = try runner.run(run, store: store, limits: limits) { event in
        watch.take(event)
        tell(.event(event))
      }
    } catch {
      tell(.ended(.interrupted("\(error)")))
      throw error
    }
    tell(.ended(outcome))
    let log = "log: " + store.folder.appendingPathComponent("runs/\(run.id)/engine.log").path
    switch outcome {
    case .finished:
      return try store.run(id: run.id) ?? run
    case .paused:
      if watch.isReached { return try store.run(id: run.id) ?? run }
      throw ShellError(
        .paused, "\(run.name) is paused", notes: ["`resume` goes on from its checkpoint"])
    case .interrupted(let reason):
      throw ShellError(
        .jobFailed, "\(run.name) was interrupted: \(reason)",
        notes: ["`resume` goes on from its last checkpoint", log])
    case .failed(let message):
      throw ShellError(.jobFailed, "\(run.name) failed: \(message)", notes: [log])
    }
  }

  private func reuse(_ run: Run, as name: String, total: Int) throws -> Run {
    if run.name != name { aliases[name] = run.id }
    note(run)
    if let cell = try currentCell() { try store().link(cell: cell, run: run.id) }
    if total == 1 {
      let when = run.finished.map { " on " + Self.day($0) } ?? ""
      emit(.note("\(run.name) · reused, finished\(when)"))
    }
    reusedCount += 1
    return run
  }

  private func refuseRunning(_ key: String, in store: Store) throws {
    if !hasReconciled {
      _ = try store.markInterrupted()
      hasReconciled = true
    }
    let running = try store.query(
      "SELECT uuid FROM runs WHERE cache_key = ? AND status = 'running'", [.text(key)])
    for row in running.rows {
      guard let id = row.first?.textValue, let run = try store.run(id: id),
        store.effectiveStatus(of: run) == .running
      else { continue }
      throw ShellError(
        .jobFailed, "\(run.name) is being carried out by another process",
        notes: ["wait until it has finished; it is used again then", "`fresh: true` runs it anew"])
    }
    _ = try store.markInterrupted()
  }

  /// `42 s`, `3:12`, `1:02:03`.
  static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0, seconds < 1e9 else { return "?" }
    if seconds < 60 {
      return seconds < 10 ? "\(formatted((seconds * 10).rounded() / 10)) s" : "\(Int(seconds)) s"
    }
    let whole = Int(seconds)
    let rest = twoDigits(whole % 60)
    if whole < 3600 { return "\(whole / 60):\(rest)" }
    return "\(whole / 3600):\(twoDigits(whole % 3600 / 60)):\(rest)"
  }

  /// Local time as `2026-11-28 09:05`. C's own: a DateFormatter reads ICU's data first, which the
  /// start of the shell would wait for, and each of 10,000 runs in a list.
  static func day(_ date: Date) -> String {
    var seconds = time_t(date.timeIntervalSince1970.rounded(.down))
    var parts = tm()
    guard localtime_r(&seconds, &parts) != nil else { return "?" }
    let (month, day) = (twoDigits(Int(parts.tm_mon) + 1), twoDigits(Int(parts.tm_mday)))
    let (hour, minute) = (twoDigits(Int(parts.tm_hour)), twoDigits(Int(parts.tm_min)))
    return "\(parts.tm_year + 1900)-\(month)-\(day) \(hour):\(minute)"
  }

  private static func twoDigits(_ number: Int) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }
}
