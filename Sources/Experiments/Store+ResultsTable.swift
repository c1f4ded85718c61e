// MARK: Results as a wide table

extension Store {
  /// Which models' results a table shows.
  public enum Selection: String, Sendable, Hashable, CaseIterable {
    /// Best on validation; for a run without a validation, the last.
    case validationBest = "validation-best"
    case last
    case all
  }

  /// What says in `resultsTable` which result a row is.
  public static let keyColumns = [
    "run", "name", "task", "dataset", "from", "pretraining", "labels", "protocol", "seed",
    "selection", "split",
  ]

  /// Results as a wide table: a row for each run, task, data set, protocol, selection and split, the
  /// oldest run first; a column for each metric (sorted by name), NULL where it was not measured.
  /// Between them stands a column for each option in which runs of one method differ
  /// (`learning-rate`), so that nobody takes the mean over unlike runs unawares.
  ///
  /// Only finished runs count, and of those with one cache key the newest. `from` is the name of
  /// the run that a run started from, or `scratch`; `pretraining` is that run's method, or `none`.
  /// - Parameter allSplits: also the results on `train` and `validation`. They are left out
  ///   otherwise, so that no mean mixes them with the test results.
  public func resultsTable(
    selection: Selection = .validationBest, allSplits: Bool = false
  ) throws -> QueryResult {
    let runs = try measuredRuns()
    var results = MeasuredResults(selection: selection, allSplits: allSplits)
    try connection.forEachRow(
      of: """
        SELECT run_id, task, dataset, protocol, selection, split, metric, value, special
        FROM results WHERE \(results.condition) ORDER BY run_id
        """
    ) { row in results.add(row) { runs[$0] != nil } }
    results.endRun()
    let shown = Set(results.rows.map(\.run))
    let options = try varyingOptions(of: runs.filter { shown.contains($0.key) })
    let metrics = results.names
    // Where the metric of a position stands.
    var places = [Int](repeating: 0, count: results.metrics.count)
    let before = Store.keyColumns.count + options.names.count
    for (offset, name) in metrics.enumerated() {
      if let position = results.metrics[name] { places[position] = before + offset }
    }
    let rows = results.rows.compactMap { result -> [SQLValue]? in
      guard let run = runs[result.run] else { return nil }
      var row = [SQLValue](repeating: .null, count: before + metrics.count)
      row.replaceSubrange(..<Store.keyColumns.count, with: cells(of: result.key, in: run))
      let own = options.values[result.run] ?? [:]
      for (offset, name) in options.names.enumerated() {
        row[Store.keyColumns.count + offset] = own[name] ?? .null
      }
      for (position, value) in result.values { row[places[position]] = .real(value) }
      return row
    }
    return QueryResult(columns: Store.keyColumns + options.names + metrics, rows: rows)
  }

  private func cells(of key: MeasuredResults.Key, in run: MeasuredRun) -> [SQLValue] {
    [
      run.id, run.name, .text(key.task), .text(key.dataset), run.parent, run.pretraining,
      run.labels, .text(key.protocolName), run.seed, .text(key.selection), .text(key.split),
    ]
  }

  /// What a comparison needs to know of a run with results.
  private struct MeasuredRun {
    let id, name, method, seed, labels, parent, pretraining: SQLValue
  }

  /// The current runs by their rows. Parent and pretraining are as in the view `results_long`,
  /// which finds them anew for each of a run's results.
  private func measuredRuns() throws -> [Int64: MeasuredRun] {
    let found = try connection.run(
      """
      SELECT runs.id, runs.uuid, runs.name, runs.method, runs.seed,
        (SELECT CAST(value AS TEXT) FROM parameters
          WHERE run_id = runs.id AND path = 'options.labels'),
        coalesce(parents.name, substr(runs.specification ->> '$.initialization', 1, 8), 'scratch'),
        coalesce(parents.method, iif(runs.specification ->> '$.initialization' IS NULL,
          'none', 'unknown'))
      FROM current_runs AS runs
      LEFT JOIN runs AS parents ON parents.id = (
        SELECT parent_id FROM run_parents WHERE run_id = runs.id ORDER BY ordinal LIMIT 1)
      """)
    let runs = found.rows.map { row in
      (
        row[0].integerValue ?? 0,
        MeasuredRun(
          id: row[1], name: row[2], method: row[3], seed: row[4], labels: row[5], parent: row[6],
          pretraining: row[7])
      )
    }
    return Dictionary(runs) { $1 }
  }

  /// Options that have a column anyway, or say how a run was computed but not what.
  private static let quietOptions = MethodCatalog.incidentalOptions.union([
    "labels", "protocol", "device", "best-on-test",
  ])

  /// The options in which runs of one method differ, sorted, with their values by the runs' rows.
  private func varyingOptions(
    of runs: [Int64: MeasuredRun]
  ) throws -> (names: [String], values: [Int64: [String: SQLValue]]) {
    var values: [Int64: [String: SQLValue]] = [:]
    var first: [SQLValue: [String: SQLValue]] = [:]
    var varying: Set<String> = []
    for path in try unequalOptions() {
      let name = String(path.dropFirst("options.".count))
      for row in try connection.run(
        "SELECT run_id, value FROM parameters WHERE path = ? AND value IS NOT NULL", [.text(path)]
      ).rows {
        guard let id = row[0].integerValue, let run = runs[id] else { continue }
        values[id, default: [:]][name] = row[1]
        if let other = first[run.method]?[name] {
          // 1 and 1.0 are the same, whichever was typed.
          let isSame = other.realValue.map { $0 == row[1].realValue } ?? (other == row[1])
          if !isSame { varying.insert(name) }
        } else {
          first[run.method, default: [:]][name] = row[1]
        }
      }
    }
    return (varying.sorted(), values)
  }

  /// Paths of options that are not the same in all runs of the store. The index on parameters has
  /// the least and the largest value of each path at its ends, so that few rows are looked at.
  private func unequalOptions() throws -> [String] {
    let quiet = Store.quietOptions.map { "'options.\($0)'" }.joined(separator: ", ")
    return try connection.run(
      """
      WITH RECURSIVE paths (path) AS (
        SELECT min(path) FROM parameters WHERE path > 'options.'
        UNION ALL
        SELECT (SELECT min(path) FROM parameters WHERE path > paths.path) FROM paths
        WHERE path IS NOT NULL)
      SELECT path FROM paths
      WHERE path LIKE 'options.%' AND path NOT IN (\(quiet))
        AND (SELECT min(value) FROM parameters WHERE path = paths.path)
          IS NOT (SELECT max(value) FROM parameters WHERE path = paths.path)
      """
    ).rows.compactMap { $0[0].textValue }
  }
}

/// Gathers results, in which those of one run are neighbours, into a row for each key.
private struct MeasuredResults {
  struct Key: Hashable {
    let task, dataset, protocolName, selection, split: String

    var isOfTraining: Bool { split == "train" || split == "validation" }

    func isOf(_ task: String, _ dataset: String) -> Bool {
      self.task == task && self.dataset == dataset
    }

    static func precedes(_ a: Key, _ b: Key) -> Bool {
      (a.task, a.dataset, a.protocolName, a.selection, a.split)
        < (b.task, b.dataset, b.protocolName, b.selection, b.split)
    }
  }

  struct Row {
    let run: Int64
    let key: Key
    /// With the positions of their metrics.
    var values: [(metric: Int, value: Double)] = []
  }

  let selection: Store.Selection
  let allSplits: Bool
  /// Positions of metrics by name, in the order in which they came.
  private(set) var metrics: [String: Int] = [:]
  private var shown: Set<Int> = []
  private(set) var rows: [Row] = []
  /// The run that is being read, and its rows.
  private var run: Int64?
  private var isSkipped = false
  private var open: [Row] = []
  private let best = Store.Selection.validationBest.rawValue

  init(selection: Store.Selection, allSplits: Bool) {
    (self.selection, self.allSplits) = (selection, allSplits)
  }

  /// Which results may have a part, as SQL.
  var condition: String {
    switch selection {
    case .all: "1"
    case .last: "selection = 'last'"
    case .validationBest: "selection IN ('validation-best', 'last')"
    }
  }

  /// Takes a result: run, task, data set, protocol, selection, split, metric, value, special.
  mutating func add(_ row: Statement, isWanted: (Int64) -> Bool) {
    let id = row.integer(at: 0)
    if id != run {
      endRun()
      (run, isSkipped) = (id, !isWanted(id))
    }
    guard !isSkipped else { return }
    let (task, dataset, rule) = (row.text(at: 1), row.text(at: 2), row.text(at: 4))
    // Most of what will be left out need not be read.
    if selection == .validationBest, rule != best,
      open.contains(where: { $0.key.selection == best && $0.key.isOf(task, dataset) })
    {
      return
    }
    let key = Key(
      task: task, dataset: dataset, protocolName: row.text(at: 3), selection: rule,
      split: row.text(at: 5))
    guard allSplits || !key.isOfTraining else {
      if !open.contains(where: { $0.key == key }) { open.append(Row(run: id, key: key)) }
      return
    }
    let name = row.text(at: 6)
    let metric = metrics[name] ?? metrics.count
    if metric == metrics.count { metrics[name] = metric }
    let value = SQLValue.number(row.value(at: 7), special: row.value(at: 8))
    // A run has few keys: looking through them is quicker than hashing.
    if let place = open.lastIndex(where: { $0.key == key }) {
      open[place].values.append((metric, value))
    } else {
      open.append(Row(run: id, key: key, values: [(metric, value)]))
    }
  }

  /// Ends the run that is being read: of its rows those are kept that are asked for.
  mutating func endRun() {
    defer { open.removeAll(keepingCapacity: true) }
    let validated = open.map(\.key).filter { $0.selection == best }
    let kept = open.filter { row in
      let key = row.key
      guard allSplits || !key.isOfTraining else { return false }
      return selection != .validationBest || key.selection == best
        || !validated.contains { $0.isOf(key.task, key.dataset) }
    }
    for row in kept { shown.formUnion(row.values.lazy.map(\.metric)) }
    rows += kept.sorted { Key.precedes($0.key, $1.key) }
  }

  /// Names of the metrics that rows have, sorted.
  var names: [String] { metrics.filter { shown.contains($0.value) }.keys.sorted() }
}
