import Foundation

/// Scores of one method: runs of several tasks, each normalised to a scale of its own.
///
/// - Source: Agarwal et al. 2021, "Deep reinforcement learning at the edge of the statistical
///   precipice", arXiv:2108.13264. Checked by: ScoreAggregateTests against rliable.
public struct ScoreSet: Sendable, Hashable {
  /// `[task][run]`; tasks may have different numbers of runs.
  public let tasks: [[Double]]

  /// - Throws: `.wrongCount` for no task or one without runs, `.degenerate` for a NaN.
  public init(tasks: [[Double]]) throws {
    guard !tasks.isEmpty, tasks.allSatisfy({ !$0.isEmpty }) else {
      throw StatisticsError(.wrongCount, "Every task needs one run or more.")
    }
    guard !tasks.joined().contains(where: \.isNaN) else {
      throw StatisticsError(.degenerate, "A score is not a number: leave its run out.")
    }
    self.tasks = tasks
  }

  /// The interquartile mean: the mean of all runs of all tasks without the lowest and the highest
  /// quarter (⌊n/4⌋ runs each).
  public var interquartileMean: Double { Self.interquartileMean(tasks) }

  /// The mean of the tasks' means.
  public var meanOfTasks: Double { Self.mean(tasks) }

  /// The median of the tasks' means.
  public var medianOfTasks: Double {
    quantile(0.5, ofSorted: tasks.map { Statistics.mean($0) }.sorted())
  }

  /// By how much the scores miss γ on average, those above counting as γ.
  public func optimalityGap(gamma: Double = 1) -> Double {
    gamma - Self.mean(tasks.map { $0.map { min($0, gamma) } })
  }

  /// The share of runs with a score above τ, each task counting alike.
  public func profile(above tau: Double) -> Double {
    Self.mean(tasks.map { $0.map { $0 > tau ? 1 : 0 } })
  }

  /// The probability that a run of this method has a greater score than one of the other on the same
  /// task, ties counting half, averaged over the tasks (the Mann–Whitney U over its maximum).
  /// - Throws: `.wrongCount` for other numbers of tasks.
  public func probabilityOfImprovement(over other: ScoreSet) throws -> Double {
    guard tasks.count == other.tasks.count else {
      throw StatisticsError(
        .wrongCount,
        "The methods have \(tasks.count) and \(other.tasks.count) tasks; compare them on the same.")
    }
    return Statistics.mean(zip(tasks, other.tasks).map(Self.superiority))
  }

  static func superiority(_ first: [Double], _ second: [Double]) -> Double {
    var wins = 0.0
    for a in first { for b in second { wins += a > b ? 1 : a == b ? 0.5 : 0 } }
    return wins / Double(first.count * second.count)
  }

  public static func interquartileMean(_ tasks: [[Double]]) -> Double {
    let sorted = tasks.joined().sorted()
    let cut = sorted.count / 4
    let kept = sorted[cut..<(sorted.count - cut)]
    return kept.reduce(0, +) / Double(kept.count)
  }

  private static func mean(_ tasks: [[Double]]) -> Double {
    Statistics.mean(tasks.map { Statistics.mean($0) })
  }

  /// Scores where 0 is the worst mean of a task over all methods and 1 the best, so that tasks with
  /// other metrics can be averaged. In place of the random and human scores that rliable's
  /// benchmarks have.
  ///
  /// - Parameters: methods: `[method][task][run]`; better: by task.
  public static func normalized(
    _ methods: [[[Double]]], better: [MetricDirection]
  ) throws -> [ScoreSet] {
    let sets = try methods.map { try ScoreSet(tasks: $0) }
    guard sets.allSatisfy({ $0.tasks.count == better.count }) else {
      throw StatisticsError(.wrongCount, "Every method needs the same \(better.count) tasks.")
    }
    let bounds = better.indices.map { task in
      let means = sets.map { Statistics.mean($0.tasks[task]) }
      return (low: means.min() ?? 0, high: means.max() ?? 1)
    }
    return try sets.map { set in
      try ScoreSet(
        tasks: set.tasks.enumerated().map { task, runs in
          let (low, high) = bounds[task]
          let length = high > low ? high - low : 1
          return runs.map { better[task] == .higher ? ($0 - low) / length : (high - $0) / length }
        })
    }
  }
}
