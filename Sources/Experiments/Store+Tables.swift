// MARK: Tables for the shell and for reports

extension Store {
  /// Runs, the newest first, as a list shows them: name, kind, method, labels, seed, status,
  /// duration (seconds), created (Unix seconds), run. No specification is decoded.
  /// - Parameter status: only runs of this status.
  public func runsTable(status: RunStatus? = nil, limit: Int? = nil) throws -> QueryResult {
    try connection.run(
      """
      SELECT name, kind, method, (SELECT CAST(value AS TEXT) FROM parameters
          WHERE run_id = runs.id AND path = 'options.labels') AS labels,
        seed, status, duration, created, uuid AS run
      FROM runs WHERE ?1 IS NULL OR status = ?1 ORDER BY id DESC LIMIT ?2
      """, [SQLValue(status?.rawValue), .integer(Int64(limit ?? -1))])
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
}
