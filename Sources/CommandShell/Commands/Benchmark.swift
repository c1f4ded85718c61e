import Experiments
import Foundation
import Notebooks
import Statistics

/// `benchmark`: every task, label budget and seed for one or several models, and the table of it.
///
/// It is a sweep of `adapt` runs: finished ones are used again, so a benchmark that was interrupted
/// goes on where it was. A run that fails is reported and leaves a gap.
enum Benchmark {
  static let command = CommandDefinition(
    "benchmark", .experiments, "adapts models to the tasks at several label budgets and seeds",
    usage: "benchmark MODEL, tasks: all, labels: [1%, 10%, 100%], seeds: 1...3, on: DATASET",
    arguments: ["a run, `scratch`, or a list of them"],
    labels: [
      .init("tasks", "`all`, a task or a list of tasks"),
      .init("labels", "a budget or a list: [1%, 10%, 100%] by default"),
      .init("seeds", "a list or range of seeds: 1...3 by default"),
      .init("quick", "true for a first answer: frozen features, 10% of the labels, seed 1"),
      .init("on", RunCommands.shared[0].summary),
      .init("test", "another data set to test on as a whole"),
    ], acceptsOptions: true, effect: .runs, run: run)

  private static let ownLabels = ["tasks", "labels", "seeds", "quick"]

  @Sendable static func run(_ invocation: Invocation) throws -> Value {
    let reader = RequestReader(invocation: invocation, kind: .adapt)
    let tasks = try tasks(invocation)
    let requests = try Sweep.sharingArchitecture(
      requests(invocation, reader, tasks: tasks), reader)
    let session = invocation.session
    let reusedBefore = session.reusedCount
    var (runs, failed): ([Run], Int) = ([], 0)
    for (position, request) in requests.enumerated() {
      try session.checkInterrupt()
      do {
        runs.append(try session.perform(request, position: position + 1, of: requests.count))
      } catch let error as ShellError where error.code == .jobFailed {
        failed += 1
        session.emit(.note(error.message))
      }
    }
    let reused = session.reusedCount - reusedBefore
    if session.plan != nil { return .table(Table(DataFrame(columns: [], rows: []))) }
    let failures = failed > 0 ? ", \(failed) failed" : ""
    session.emit(.note("benchmark · \(runs.count) runs, \(reused) reused" + failures))
    return .table(try table(of: runs, tasks: tasks, session))
  }

  // MARK: What to run

  private static func tasks(_ invocation: Invocation) throws -> [MethodDefinition] {
    let all = MethodCatalog.methods.filter { $0.kind == .adapt }
    guard let expression = invocation.argument("tasks"), expression.plainWord != "all" else {
      return all
    }
    let items = if case .list(let items) = expression.kind { items } else { [expression] }
    let names = all.map(\.name)
    return try items.compactMap { item in
      let name = try invocation.keyword(item, for: "task", among: names, code: .unknownMethod)
      return all.first { $0.name == name }
    }
  }

  private static func requests(
    _ invocation: Invocation, _ reader: RequestReader, tasks: [MethodDefinition]
  ) throws -> [JobRequest] {
    let isQuick = try invocation.flag("quick") ?? false
    let given = invocation.labelled.filter { !ownLabels.contains($0.name.text) }
    try check(given.map(\.name), tasks, reader)
    let models = try elements("from", invocation.positional[0], invocation)
    let labels =
      try invocation.argument("labels").map { try elements("labels", $0, invocation) }
      ?? (isQuick ? [10] : [1, 10, 100]).map { fixed("labels", .percent($0), invocation) }
    let seeds =
      try invocation.argument("seeds").map { try elements("seed", $0, invocation) }
      ?? (isQuick ? 1...1 : 1...3).map { fixed("seed", .integer($0), invocation) }
    var rest = given.map { RequestReader.Argument(name: $0.name, value: $0.value) }
    if isQuick, !given.contains(where: { $0.name.text == "protocol" }) {
      rest.append(fixed("protocol", .symbol("linear"), invocation))
    }
    var requests: [JobRequest] = []
    for task in tasks {
      let options = Set(task.options.map(\.name))
      // An option that only some of the tasks have goes to those.
      let own = rest.filter { options.contains($0.name.text) || isShared($0.name.text) }
      for model in models {
        for budget in labels {
          for seed in seeds {
            requests.append(try reader.request(task, arguments: [model, budget, seed] + own))
          }
        }
      }
    }
    return requests
  }

  private static func isShared(_ label: String) -> Bool {
    label == "test" || (label != "as" && RunCommands.shared.contains { $0.name == label })
  }

  private static func check(
    _ names: [Name], _ tasks: [MethodDefinition], _ reader: RequestReader
  ) throws {
    let options = tasks.flatMap { $0.options.map(\.name) }
    for name in names where !options.contains(name.text) && !isShared(name.text) {
      throw ShellError(
        .unknownLabel, "`benchmark` has no option `\(name.text):`", at: name.range,
        suggestion: nearestName(to: name.text, among: options + ownLabels).map { $0 + ":" },
        notes: ["it takes the options of the tasks; `help adapt landmarks` lists some"])
    }
  }

  /// One argument for each element of a list or range; words stay words unless they are bound.
  private static func elements(
    _ label: String, _ expression: Expression, _ invocation: Invocation
  ) throws -> [RequestReader.Argument] {
    func evaluate(_ item: Expression) throws -> [Value] {
      if item.plainWord == "scratch" { return [.symbol("scratch")] }
      return try invocation.session.evaluate(item).elements
    }
    let items = if case .list(let items) = expression.kind { items } else { [expression] }
    let name = Name(text: label, range: expression.range)
    return try items.flatMap { item in
      try evaluate(item).map {
        RequestReader.Argument(name: name, value: item, element: $0)
      }
    }
  }

  private static func fixed(
    _ label: String, _ value: Value, _ invocation: Invocation
  ) -> RequestReader.Argument {
    let range = invocation.call.range
    return RequestReader.Argument(
      name: Name(text: label, range: range),
      value: Expression(kind: .boolean(true), range: range), element: value)
  }

  // MARK: What came out

  /// A row a task and model: its headline metric on test data as mean ± standard deviation over the
  /// seeds at each budget, of the models that were best on validation.
  static func table(of runs: [Run], tasks: [MethodDefinition], _ session: Session) throws -> Table {
    let budgets = runs.reduce(into: [String]()) { found, run in
      let name = budget(of: run)
      if !found.contains(name) { found.append(name) }
    }
    var rows: [[Statistics.Cell]] = []
    for task in tasks {
      let own = runs.filter { $0.method == task.name }
      let models = own.reduce(into: [String?]()) { found, run in
        let key = run.specification.initialization
        if !found.contains(key) { found.append(key) }
      }
      for model in models {
        let group = own.filter { $0.specification.initialization == model }
        guard let row = try row(task, group, budgets, session) else { continue }
        rows.append(row)
      }
    }
    return Table(
      DataFrame(columns: ["task", "metric", "from"] + budgets, rows: rows),
      runs: Set(runs.map(\.id)))
  }

  private static func row(
    _ task: MethodDefinition, _ runs: [Run], _ budgets: [String], _ session: Session
  ) throws -> [Statistics.Cell]? {
    guard let headline = task.headline, let first = runs.first else { return nil }
    var values: [String: [Double]] = [:]
    var metric = headline
    for run in runs {
      guard let found = try value(of: headline, run, session) else { continue }
      metric = found.metric
      values[budget(of: run), default: []].append(found.value)
    }
    let store = try session.store()
    let parent = try first.parents.first.flatMap { try store.run(id: $0)?.name } ?? "scratch"
    return [.text(task.name), .text(metric), .text(parent)]
      + budgets.map { values[$0].map { .text(shown($0)) } ?? .missing }
  }

  private static func budget(of run: Run) -> String {
    run.specification.options["labels"]?.shown ?? "?"
  }

  private static func value(
    of headline: String, _ run: Run, _ session: Session
  ) throws -> (metric: String, value: Double)? {
    let rows = try session.store().query(
      """
      SELECT metric, value FROM results_long
      WHERE run = ? AND split = 'test' AND selection = 'validation-best'
        AND substr(metric, 1, length(?)) = ? ORDER BY metric LIMIT 1
      """, [.text(run.id), .text(headline), .text(headline)]
    ).rows
    guard let row = rows.first, let metric = row[0].textValue, let value = row[1].realValue else {
      return nil
    }
    return (metric, value)
  }

  /// `9.81 ± 0.40`, to four significant digits of the mean; a single value has no deviation.
  private static func shown(_ values: [Double]) -> String {
    let mean = values.reduce(0, +) / Double(values.count)
    let digits = mean.magnitude >= 10 ? 1 : mean.magnitude >= 1 ? 2 : 3
    func text(_ value: Double) -> String { String(format: "%.\(digits)f", value) }
    guard values.count > 1 else { return text(mean) }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return text(mean) + " ± " + text((squares / Double(values.count - 1)).squareRoot())
  }
}
