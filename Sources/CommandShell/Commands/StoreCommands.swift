import Experiments
import Foundation
import Notebooks
import Statistics

/// Commands that read the store into tables.
enum StoreCommands {
  static let all: [CommandDefinition] = [
    CommandDefinition(
      "runs", .experiments, "a table of the runs, the newest first; in a file those of the file",
      usage: "runs [status: finished]", labels: [.init("status", "only runs of this status")],
      run: runs),
    CommandDefinition(
      "show", .experiments,
      "shows a run: its options, its data, what it measured; `let run = show NAME` binds it",
      usage: "show RUN", arguments: ["a run"], run: show),
    CommandDefinition(
      "metrics", .experiments, "the training curves of runs",
      usage: "metrics RUN, names: [loss]", arguments: ["a run or a list of runs"],
      labels: [.init("names", "the curves, such as loss; all by default")], run: metrics),
    CommandDefinition(
      "results", .experiments, "what runs measured: a row a run, a column a metric",
      usage: "results [selection: last]",
      labels: [
        .init("selection", "validation-best (by default), last, or all"),
        .init("splits", "`all` shows results on train and validation too"),
        .init("scope", "session or store; a file's own runs by default, else the store's"),
      ], run: ResultTables.results),
    CommandDefinition(
      "sql", .tables, "a table by SQL, which cannot write",
      usage: "sql \"SELECT name, status FROM runs\"", arguments: ["a statement in quotes"],
      run: sql),
  ]

  @Sendable private static func runs(_ invocation: Invocation) throws -> Value {
    let statuses = RunStatus.allCases.map(\.rawValue)
    let status = try invocation.argument("status").map {
      try invocation.keyword($0, for: "status", among: statuses)
    }
    let store = try invocation.session.store()
    _ = try store.markInterrupted()
    let showsAll = !invocation.session.settings.isDocument
    let found = try store.runsTable(
      status: status.flatMap(RunStatus.init), limit: showsAll ? invocation.rowsNeeded : nil)
    let used = Set(invocation.session.usedRuns)
    let rows = found.rows.filter { showsAll || used.contains($0.last?.textValue ?? "") }
    return .table(Table(RunTables.overview(QueryResult(columns: found.columns, rows: rows))))
  }

  @Sendable private static func show(_ invocation: Invocation) throws -> Value {
    let run = try invocation.run(invocation.positional[0])
    if invocation.isStatement {
      let store = try invocation.session.store()
      invocation.session.emit(.text(try RunTables.page(run, in: store)))
    }
    return .runs([run])
  }

  @Sendable private static func metrics(_ invocation: Invocation) throws -> Value {
    let runs = try invocation.runs(invocation.positional[0])
    let store = try invocation.session.store()
    var rows: [[Statistics.Cell]] = []
    for run in runs {
      let found = try store.query(
        """
        SELECT name, step, CASE special WHEN 'nan' THEN NULL ELSE value END
        FROM metrics WHERE run = ? AND superseded = 0
        ORDER BY name, step
        """, [.text(run.id)])
      rows += found.rows.map { [.text(run.id), .text(run.name)] + $0.map { Statistics.Cell($0) } }
    }
    if let names = invocation.argument("names") {
      let wanted = try self.names(names, invocation)
      let known = Set(rows.map { $0[2] })
      for name in wanted where !known.contains(.text(name)) {
        let curves = known.compactMap { Value($0).text }.sorted()
        throw ShellError(
          .unknownColumn, "the runs have no curve `\(name)`", at: names.range,
          suggestion: nearestName(to: name, among: curves),
          notes: ["they have: " + curves.joined(separator: ", ")])
      }
      rows = rows.filter { row in wanted.contains { row[2] == .text($0) } }
    }
    return .table(
      Table(
        DataFrame(columns: RunTables.curveColumns, rows: rows),
        runs: Set(runs.map(\.id))))
  }

  private static func names(_ expression: Expression, _ invocation: Invocation) throws -> [String] {
    let items: [Expression] =
      if case .list(let items) = expression.kind { items } else { [expression] }
    return try items.map { item in
      try item.plainWord ?? invocation.text(item, for: "names:")
    }
  }

  @Sendable private static func sql(_ invocation: Invocation) throws -> Value {
    let expression = invocation.positional[0]
    let text = try invocation.text(expression, for: "statement")
    let store = try invocation.session.store()
    do {
      let result = try store.readOnlyQuery(text)
      return .table(Table(DataFrame(result)))
    } catch let error as ExperimentsError {
      throw ShellError(.sql, error.message, at: expression.range)
    }
  }
}

extension Statistics.Cell {
  init(_ value: SQLValue) {
    self =
      switch value {
      case .null: .missing
      case .integer(let value): .integer(Int(value))
      case .real(let value): .number(value)
      case .text(let value): .text(value)
      case .blob(let bytes): .text("\(bytes.count) bytes")
      }
  }
}

extension DataFrame {
  /// A query's rows; names that repeat get a number.
  init(_ result: QueryResult) {
    var seen: [String: Int] = [:]
    let columns = result.columns.map { name -> String in
      seen[name, default: 0] += 1
      let count = seen[name] ?? 1
      return count == 1 ? name : "\(name)_\(count)"
    }
    self.init(columns: columns, rows: result.rows.map { $0.map { Cell($0) } })
  }
}

/// Runs as tables and pages.
enum RunTables {
  static let columns = [
    "name", "kind", "method", "labels", "seed", "status", "duration", "created", "run",
  ]
  static let curveColumns = ["run", "name", "metric", "step", "value"]

  static func overview(_ runs: [Run]) -> DataFrame {
    let rows = runs.map { run -> [Statistics.Cell] in
      [
        .text(run.name), .text(run.kind.rawValue), .text(run.method),
        run.specification.options["labels"].map { .text($0.shown) } ?? .missing,
        .integer(run.seed), .text(run.status.rawValue),
        .text(Session.duration(run.durationSeconds)), .text(Session.day(run.created)),
        .text(run.id),
      ]
    }
    return DataFrame(columns: columns, rows: rows)
  }

  /// The same of `Store.runsTable`.
  static func overview(_ listed: QueryResult) -> DataFrame {
    let (duration, created) = (listed.index(of: "duration"), listed.index(of: "created"))
    let rows = listed.rows.map { row in
      row.enumerated().map { column, value -> Statistics.Cell in
        switch column {
        case duration: .text(Session.duration(value.realValue ?? 0))
        case created:
          .text(Session.day(Date(timeIntervalSince1970: value.realValue ?? 0)))
        default: Cell(value)
        }
      }
    }
    return DataFrame(columns: listed.columns, rows: rows)
  }

  /// All that is known of a run.
  static func page(_ run: Run, in store: Store) throws -> String {
    var lines = [
      "\(run.name) · \(run.kind.rawValue) \(run.method) · \(store.effectiveStatus(of: run).rawValue)",
      "id        \(run.id)", "created   \(Session.day(run.created))",
      "duration  \(Session.duration(run.durationSeconds))", "seed      \(run.seed)",
    ]
    if let device = run.device { lines.append("device    \(device), \(run.threads ?? 0) threads") }
    if let commit = run.provenance.commit { lines.append("commit    \(commit)") }
    for parent in run.parents {
      lines.append("from      \(try store.run(id: parent)?.name ?? parent)")
    }
    if let error = run.error { lines.append("error     \(error)") }
    lines.append("data      \(try CanonicalJSON.encode(run.specification.data))")
    for (name, value) in run.specification.options.sorted(by: { $0.key < $1.key }) {
      lines.append("  \(name): \(value.shown)")
    }
    let results = try store.query(
      """
      SELECT metric, selection, split, value, n FROM results JOIN runs ON runs.id = run_id
      WHERE uuid = ? ORDER BY metric, selection
      """, [.text(run.id)])
    for row in results.rows {
      let value = row[3].realValue.map { formatted($0) } ?? "NaN"
      let texts = row.map { $0.textValue ?? "" }
      lines.append(
        "\(texts[0]) = \(value) (\(texts[1]), \(texts[2]), n = \(row[4].integerValue ?? 0))")
    }
    return lines.joined(separator: "\n")
  }
}
