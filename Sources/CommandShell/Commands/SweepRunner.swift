import Experiments
import Statistics

/// Carries out the runs of a sweep: one after the other, each on all cores or the whole device, within
/// a budget, and without those that successive halving gives up.
///
/// Everything that decides is in the store or drawn from a fixed seed, so the same command goes on
/// where an interrupted sweep was.
struct SweepRunner {
  private let session: Session
  private let settings: SweepSettings
  private let requests: [JobRequest]
  private let halving: SuccessiveHalving
  /// Seconds of each run, over all its segments.
  private var spent: [RunID: Double] = [:]
  private var position = 0
  private var isOver = false
  private var (pruned, failed) = (0, 0)

  /// Where a request has got to.
  private struct Entry {
    let request: JobRequest
    var run: Run?
    /// Of the criterion; nil where it is not known.
    var value: Double?
  }

  init(session: Session, settings: SweepSettings, requests: [JobRequest]) {
    (self.session, self.settings, self.requests) = (session, settings, requests)
    halving = SuccessiveHalving(isOn: settings.isPruned)
  }

  /// - Returns: the finished runs.
  mutating func run() throws -> [Run] {
    var finished: [Run] = []
    let groups = groups()
    let total = groups.reduce(0) { $0 + halving.counts(of: $1.count).reduce(0, +) }
    let deepest = groups.map { halving.shares(of: $0.count).count }.max() ?? 0
    var alive = groups.map { $0.map { Entry(request: $0) } }
    // Rung by rung over all groups: a budget that runs out leaves all of them equally far.
    for rung in 0..<deepest {
      for (index, group) in groups.enumerated() {
        let shares = halving.shares(of: group.count)
        guard rung < shares.count else { continue }
        let isLast = rung == shares.count - 1
        for place in alive[index].indices {
          guard !isOver else { break }
          try advance(&alive[index][place], to: isLast ? nil : shares[rung], of: total)
        }
        guard !isOver else { return finished + finishedRuns(alive[index]) }
        if isLast {
          finished += finishedRuns(alive[index])
        } else {
          alive[index] = try survivors(
            alive[index], keep: halving.counts(of: group.count)[rung + 1])
        }
      }
    }
    return finished
  }

  /// What is to be told beside the finished runs.
  var remainder: String {
    (pruned > 0 ? ", \(pruned) pruned" : "") + (failed > 0 ? ", \(failed) failed" : "")
      + (isOver ? ", the time is used up: the same with a larger at-most goes on" : "")
  }

  private func finishedRuns(_ entries: [Entry]) -> [Run] {
    entries.compactMap(\.run).filter { $0.status == .finished }
  }

  /// Requests that may be compared: of one method on the same data, from the same weights, with as
  /// many labels and the same seed. Without pruning all go together, in their order.
  private func groups() -> [[JobRequest]] {
    guard settings.isPruned else { return [requests] }
    var (order, groups): ([String], [String: [JobRequest]]) = ([], [:])
    for request in requests {
      let key = [
        request.method.name, request.dataset.name, request.parent?.id ?? "", request.test?.set.name,
        request.options["labels"]?.shown, "\(request.seed)",
      ].map { $0 ?? "" }.joined(separator: "\u{1F}")
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(request)
    }
    return order.compactMap { groups[$0] }
  }

  // MARK: One run

  /// Carries a run on to a share of its steps, or to its end.
  private mutating func advance(_ entry: inout Entry, to share: Double?, of total: Int) throws {
    try session.checkInterrupt()
    let left = settings.budgetSeconds.map { $0 - spent.values.reduce(0, +) }
    // A finished run costs nothing more.
    if let left, left <= 0, try !session.isFinished(entry.request) {
      isOver = true
      return
    }
    position += 1
    do {
      let limits = RunLimits(share: share, seconds: left)
      let (run, steps) = try session.countingSteps {
        try session.perform(entry.request, position: position, of: total, limits: limits)
      }
      entry.run = run
      spent[run.id] = run.durationSeconds
      if share == nil, run.status != .finished { isOver = true }
      if let share { try judge(&entry, run, share: share, steps: steps) }
    } catch let error as ShellError where error.code == .jobFailed && settings.passesFailures {
      failed += 1
      entry.run = nil
      session.emit(.note(error.message))
    }
  }

  // MARK: Pruning

  private mutating func judge(_ entry: inout Entry, _ run: Run, share: Double, steps: Int?) throws {
    let criterion = try SweepCriterion(settings.criterion, of: run, session)
    let all = try steps ?? session.lastStep(of: run)
    let step = Int((share * Double(all)).rounded(.up))
    // It stopped before: the time is used up.
    guard try session.lastStep(of: run) >= step else {
      isOver = true
      return
    }
    entry.value = try criterion.value(of: run, upTo: step, session)
  }

  private mutating func survivors(_ entries: [Entry], keep: Int) throws -> [Entry] {
    guard let run = entries.lazy.compactMap(\.run).first else { return [] }
    let criterion = try SweepCriterion(settings.criterion, of: run, session)
    let known = entries.filter { $0.run != nil }
    let chosen = SuccessiveHalving.best(
      known.map(\.value), keep: keep, direction: criterion.direction)
    pruned += known.count - chosen.count
    return chosen.map { known[$0] }
  }
}

extension Session {
  /// Whether a request's run is in the store, finished.
  fileprivate func isFinished(_ request: JobRequest) throws -> Bool {
    guard !request.isFresh else { return false }
    let key = try CacheKey.of(
      request.specification(), dataFingerprint: fingerprint(of: request.dataset))
    return try store().finishedRun(cacheKey: key) != nil
  }

  /// What `body` gives, and how many steps its run has; nil where it was not carried out.
  fileprivate func countingSteps<Result>(_ body: () throws -> Result) rethrows -> (Result, Int?) {
    let former = onJob
    defer { onJob = former }
    var count: Int?
    onJob = { report in
      if case .event(.progress(let progress)) = report.stage, let steps = progress.steps {
        count = steps
      }
      former(report)
    }
    return (try body(), count)
  }

  fileprivate func lastStep(of run: Run) throws -> Int {
    let rows = try store().query(
      "SELECT max(step) FROM metrics WHERE run = ? AND name = 'loss' AND superseded = 0",
      [.text(run.id)]
    ).rows
    return Int(rows.first?.first?.integerValue ?? 0)
  }
}
