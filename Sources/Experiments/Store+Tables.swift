// MARK: Tables for the shell and for reports

extension Store {
  /// Which models' results a table shows.
  public enum Selection: String, Sendable, Hashable, CaseIterable {
    /// Best on validation; for a run without a validation, the last.
    case validationBest = "validation-best"
    case last
    case all
  }

  private static let keyColumns = [
    "run", "name", "task", "dataset", "from", "pretraining", "labels", "protocol", "seed",
    "selection", "split",
  ]

  /// Results as a wide table: a row for each run, task, data set, protocol, selection and split, a
  /// column for each metric (sorted by name), NULL where it was not measured. Between them stands
  /// a column for each option in which runs of one method differ (`learning-rate`), so that nobody
  /// takes the mean over unlike runs unawares.
  ///
  /// Only finished runs count, and of those with one cache key the newest. `from` is the name of
  /// the run that a run started from, or `scratch`; `pretraining` is that run's method, or `none`.
  /// - Parameter allSplits: also the results on `train` and `validation`. They are left out
  ///   otherwise, so that no mean mixes them with the test results.
  public func resultsTable(
    selection: Selection = .validationBest, allSplits: Bool = false
  ) throws -> QueryResult {
    let splits = allSplits ? "" : "AND split NOT IN ('train', 'validation')"
    let rule =
      switch selection {
      case .all: "1"
      case .last: "selection = 'last'"
      case .validationBest:
        """
        (selection = 'validation-best' OR selection = 'last' AND NOT EXISTS (
          SELECT 1 FROM results AS best WHERE best.run_id = results_long.run_id
            AND best.task = results_long.task AND best.dataset = results_long.dataset
            AND best.selection = 'validation-best'))
        """
      }
    let found = try connection.run(
      """
      SELECT run, name, task, dataset, parent, pretraining, labels, protocol, seed, selection,
        split, metric, value, special
      FROM results_long WHERE \(rule) \(splits)
      ORDER BY run_id, task, dataset, protocol, selection, split
      """)
    return try withOptions(Store.widened(found.rows, keys: Store.keyColumns))
  }

  /// Options that have a column anyway, or say how a run was computed but not what.
  private static let quietOptions = MethodCatalog.incidentalOptions.union([
    "labels", "protocol", "device", "best-on-test",
  ])

  private func withOptions(_ table: QueryResult) throws -> QueryResult {
    let quiet = Store.quietOptions.map { "'options.\($0)'" }.joined(separator: ", ")
    let found = try connection.run(
      """
      WITH measured AS (SELECT id, uuid, method FROM runs
          WHERE status = 'finished' AND id IN (SELECT run_id FROM results)),
        options AS (SELECT id, uuid, method, path, value FROM parameters
          JOIN measured ON id = run_id
          WHERE path LIKE 'options.%' AND path NOT IN (\(quiet))),
        varying AS (SELECT method, path FROM options GROUP BY method, path
          HAVING count(DISTINCT value) > 1)
      SELECT uuid, substr(path, 9), value FROM options
      WHERE path IN (SELECT path FROM varying)
      """)
    let names = Set(found.rows.compactMap { $0[1].textValue }).sorted()
    var options: [SQLValue: [String: SQLValue]] = [:]
    for row in found.rows { options[row[0], default: [:]][row[1].textValue ?? ""] = row[2] }
    let keys = Store.keyColumns.count
    return QueryResult(
      columns: table.columns[..<keys] + names + table.columns[keys...],
      rows: table.rows.map { row in
        row[..<keys] + names.map { options[row[0]]?[$0] ?? .null } + row[keys...]
      })
  }

  /// Every run, newest first, as the view `run_overview` shows it.
  public func runsTable() throws -> QueryResult {
    try connection.run(
      """
      SELECT overview.* FROM run_overview AS overview JOIN runs ON runs.uuid = overview.run
      ORDER BY runs.id DESC
      """)
  }

  /// Training curves: columns run, name (the run's), metric, step, value, time (Unix seconds).
  /// Superseded points are left out.
  /// - Parameters: run: nil is all of them; names: nil is every metric.
  public func metricsTable(run: RunID? = nil, names: [String]? = nil) throws -> QueryResult {
    var (conditions, bindings): ([String], [SQLValue]) = (["superseded = 0"], [])
    if let run {
      conditions.append("run_id = ?")
      bindings.append(.integer(try rowID(of: run)))
    }
    if let names {
      let places = names.map { _ in "?" }.joined(separator: ", ")
      conditions.append("metric_names.name IN (\(places))")
      bindings += names.map { .text($0) }
    }
    let found = try connection.run(
      """
      SELECT runs.uuid, runs.name, metric_names.name, step, value, special, time
      FROM metric_points JOIN runs ON runs.id = run_id
      JOIN metric_names ON metric_names.id = name_id
      WHERE \(conditions.joined(separator: " AND ")) ORDER BY run_id, metric_names.name, step
      """, bindings)
    let rows = found.rows.map { row in
      row[0...3] + [.real(SQLValue.number(row[4], special: row[5])), row[6]]
    }
    return QueryResult(
      columns: ["run", "name", "metric", "step", "value", "time"], rows: rows.map(Array.init))
  }

  /// Rows of keys, metric, value and special, in which equal keys are neighbours, as one row for
  /// each key.
  private static func widened(_ rows: [[SQLValue]], keys: [String]) -> QueryResult {
    let metrics = Set(rows.compactMap { $0[keys.count].textValue }).sorted()
    let positions = Dictionary(
      uniqueKeysWithValues: metrics.enumerated().map { ($1, keys.count + $0) })
    let missing = [SQLValue](repeating: .null, count: metrics.count)
    var wide: [[SQLValue]] = []
    for row in rows {
      let key = row[..<keys.count]
      if wide.last?[..<keys.count] != key { wide.append(key + missing) }
      guard let position = row[keys.count].textValue.flatMap({ positions[$0] }) else { continue }
      wide[wide.count - 1][position] = .real(
        SQLValue.number(row[keys.count + 1], special: row[keys.count + 2]))
    }
    return QueryResult(columns: keys + metrics, rows: wide)
  }
}
