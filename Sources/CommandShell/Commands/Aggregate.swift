import FaceData
import Reporting
import Statistics

/// `aggregate`: methods over several tasks at once, as rliable puts them together.
///
/// Scores of a task are brought to a scale on which 0 is the worst method's mean and 1 the best's.
/// - Source: Agarwal et al. 2021, arXiv:2108.13264. Differs: its scale, which needs no scores of other
///   methods. Checked by: ScoreAggregateTests against rliable, AggregateTests by hand.
enum Aggregate {
  static let definition = CommandDefinition(
    "aggregate", .tables, "compares methods over several tasks: IQM and probability of improvement",
    usage: "results | aggregate metrics: [nme, accuracy], method: from, task: labels",
    labels: [
      .init("metrics", "columns of metrics, each a task"),
      .init("method", "the column of methods"),
      .init("task", "a column or a list of columns that divide a metric into several tasks"),
      .init("baseline", "the method that the others are to improve on; the first by default"),
      .init("better", "lower or higher, for a column that is no known metric"),
      .init("interval", "percentile (by default) or BCa"),
      .init("seed", "of the resamples, 1 by default"),
    ], input: .needed, run: run)

  @Sendable private static func run(_ invocation: Invocation) throws -> Value {
    let table = try invocation.inputTable()
    let scores = try scores(table.frame, invocation)
    guard scores.methods.count > 1 else {
      throw ShellError(
        .emptyTable, "fewer than two methods have values of every task", at: invocation.range,
        notes: ["look at the table before this stage: a `where` may have left too few rows"])
    }
    let baseline = try baseline(among: scores.methods, invocation)
    do {
      let (layout, frame) = try scores.summarised(
        over: baseline, by: try bootstrap(invocation), seed: try seed(invocation))
      return .table(Table(frame, layout: layout, runs: table.runs))
    } catch let error as StatisticsError {
      throw ShellError(.wrongType, error.message, at: invocation.range)
    }
  }

  // MARK: What is asked for

  private static func bootstrap(_ invocation: Invocation) throws -> Bootstrap {
    guard let argument = invocation.argument("interval") else { return Bootstrap() }
    let names = Bootstrap.Method.allCases.map(\.rawValue)
    let name = try invocation.keyword(argument, for: "interval", among: names)
    return Bootstrap(method: Bootstrap.Method(rawValue: name) ?? .percentile)
  }

  private static func seed(_ invocation: Invocation) throws -> Int {
    try invocation.integer("seed", in: 0...Int(Int32.max)) ?? 1
  }

  private static func baseline(
    among methods: [String], _ invocation: Invocation
  ) throws -> Int {
    guard let argument = invocation.argument("baseline") else { return 0 }
    let name = try invocation.keyword(argument, for: "method", among: methods)
    return methods.firstIndex(of: name) ?? 0
  }

  private static func scores(_ frame: DataFrame, _ invocation: Invocation) throws -> TaskScores {
    guard let metrics = invocation.argument("metrics") else {
      throw TableCommands.missing("metrics", invocation)
    }
    guard let method = try invocation.columnName("method", in: frame) else {
      throw TableCommands.missing("method", invocation)
    }
    let keys = try invocation.argument("task").map { try invocation.columnNames($0, in: frame) }
    let given = try invocation.argument("better").map {
      try invocation.keyword($0, for: "direction", among: ["lower", "higher"])
    }
    let columns = try invocation.columnNames(metrics, in: frame).map { name in
      let better = given.flatMap(MetricDirection.init) ?? MetricDirection.of(metric: name)
      guard let better else {
        throw ShellError(
          .missingArgument, "it is not known which way `\(name)` is better", at: metrics.range,
          expected: "better: lower or better: higher")
      }
      return TaskScores.Metric(
        values: try TableCommands.numbers(frame, name, at: metrics), better: better)
    }
    return TaskScores(columns, method: method, tasks: keys ?? [], in: frame)
  }
}

/// The values of several methods on the tasks that all of them have.
private struct TaskScores {
  struct Metric {
    let values: [Double?]
    let better: MetricDirection
  }

  /// In order of first appearance.
  private(set) var methods: [String] = []
  /// `[method][task][run]`
  private var values: [[[Double]]] = []
  private var better: [MetricDirection] = []
  private let methodColumn: String
  /// Tasks that some method has no run of.
  private var leftOut = 0

  init(_ metrics: [Metric], method: String, tasks keys: [String], in frame: DataFrame) {
    methodColumn = method
    let names = (frame.values(of: method) ?? []).map { Value($0).interpolated ?? "–" }
    let positions = keys.compactMap { frame.index(of: $0) }
    let parts = frame.rows.map { row in positions.map { row[$0] } }
    methods = Self.inOrder(names)
    values = methods.map { _ in [] }
    for metric in metrics {
      for part in Self.inOrder(parts) {
        let runs = methods.map { method in
          frame.rows.indices.filter { names[$0] == method && parts[$0] == part }
            .compactMap { metric.values[$0] }.filter(\.isFinite)
        }
        // A task that a method lacks would make it look better or worse than it is.
        guard runs.allSatisfy({ !$0.isEmpty }) else {
          leftOut += 1
          continue
        }
        for index in methods.indices { values[index].append(runs[index]) }
        better.append(metric.better)
      }
    }
    if better.isEmpty { methods = [] }
  }

  private static func inOrder<Element: Hashable>(_ elements: [Element]) -> [Element] {
    var seen: Set<Element> = []
    return elements.filter { seen.insert($0).inserted }
  }

  func summarised(
    over baseline: Int, by bootstrap: Bootstrap, seed: Int
  ) throws -> (ReportTable, DataFrame) {
    let sets = try ScoreSet.normalized(values, better: better)
    var rows: [ReportTable.Row] = []
    var cells: [[Statistics.Cell]] = []
    for (index, set) in sets.enumerated() {
      var stream = RandomStream(seed: UInt64(seed), purpose: "aggregate", index: index)
      let count = set.tasks.joined().count
      let mean = try bootstrap.interval(
        of: set.tasks, using: &stream, statistic: ScoreSet.interquartileMean)
      var row: [ReportTable.Cell] = [.init(.text(methods[index])), .init(mean, count: count)]
      var plain: [Statistics.Cell] = [.text(methods[index])] + Self.cells(mean)
      if index == baseline {
        row.append(.init(.missing))
        plain += [.missing, .missing, .missing]
      } else {
        let gain = try improvement(of: set, over: sets[baseline], by: bootstrap, using: &stream)
        row.append(.init(gain, count: count))
        plain += Self.cells(gain)
      }
      rows.append(.init(row))
      cells.append(plain)
    }
    let titles = [methodColumn, "IQM", "P(better than \(methods[baseline]))"]
    let layout = ReportTable(
      columns: [
        .init(titles[0], alignment: .left),
        .init(titles[1], direction: .higherIsBetter, alignment: .decimal, decimals: 2),
        .init(titles[2], direction: .higherIsBetter, alignment: .decimal, decimals: 2),
      ], rows: rows, notes: [[.text(note(bootstrap))]])
    let names = ["iqm", "improvement"].flatMap { [$0, "low95.\($0)", "high95.\($0)"] }
    return (layout, DataFrame(columns: [methodColumn] + names, rows: cells))
  }

  /// Runs of both methods are resampled within their task.
  private func improvement(
    of set: ScoreSet, over other: ScoreSet, by bootstrap: Bootstrap,
    using stream: inout RandomStream
  ) throws -> ConfidenceInterval {
    let count = set.tasks.count
    return try bootstrap.interval(of: set.tasks + other.tasks, using: &stream) { strata in
      guard let first = try? ScoreSet(tasks: Array(strata[..<count])),
        let second = try? ScoreSet(tasks: Array(strata[count...]))
      else { return .nan }
      return (try? first.probabilityOfImprovement(over: second)) ?? .nan
    }
  }

  private static func cells(_ interval: ConfidenceInterval) -> [Statistics.Cell] {
    [.number(interval.estimate), .number(interval.lower), .number(interval.upper)]
  }

  private func note(_ bootstrap: Bootstrap) -> String {
    let tasks = better.count == 1 ? "one task" : "\(better.count) tasks"
    return
      "Interquartile mean over the runs of \(tasks), 0 the worst mean of a task and 1 the best; "
      + "probability that a run is better than one of the baseline on the same task. Brackets: 95 % "
      + "intervals, \(bootstrap.method.rawValue) bootstrap, stratified by task, "
      + "\(bootstrap.resamples) resamples (Agarwal et al. 2021)."
      + omission
  }

  private var omission: String {
    guard leftOut > 0 else { return "" }
    let tasks = leftOut == 1 ? "1 task" : "\(leftOut) tasks"
    return " Left out, since a method has no run of them: \(tasks)."
  }
}

extension ReportTable.Cell {
  fileprivate init(_ interval: ConfidenceInterval, count: Int) {
    self.init(
      .interval(
        mean: interval.estimate, lower: interval.lower, upper: interval.upper, count: count))
  }
}
