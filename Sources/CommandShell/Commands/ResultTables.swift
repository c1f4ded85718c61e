import Experiments
import Statistics

/// The `results` command.
enum ResultTables {
  @Sendable static func results(_ invocation: Invocation) throws -> Value {
    let session = invocation.session
    let selections = Store.Selection.allCases.map(\.rawValue)
    let selection = try invocation.argument("selection").map {
      try invocation.keyword($0, for: "selection", among: selections)
    }
    let allSplits =
      try invocation.argument("splits").map {
        try invocation.keyword($0, for: "splits", among: ["test", "all"]) == "all"
      } ?? false
    let scope = try invocation.argument("scope").map {
      try invocation.keyword($0, for: "scope", among: ["session", "store"])
    }
    let found = try session.store().resultsTable(
      selection: selection.flatMap(Store.Selection.init) ?? .validationBest, allSplits: allSplits)
    let own = (scope ?? (session.settings.isDocument ? "session" : "store")) == "session"
    var rows = found.rows
    if own, let run = found.index(of: "run") {
      let used = Set(session.usedRuns)
      rows = rows.filter { $0[run].textValue.map(used.contains) ?? false }
    } else {
      rows = newest(found)
    }
    return .table(Table(shown(QueryResult(columns: found.columns, rows: rows))))
  }

  /// Of runs that share a name, task, data set and so on, the newest: who trains anew with other
  /// settings means the new figures.
  private static func newest(_ found: QueryResult) -> [[SQLValue]] {
    let names = ["name", "task", "dataset", "protocol", "selection", "split"]
    let keys = names.compactMap { found.index(of: $0) }
    guard let run = found.index(of: "run") else { return found.rows }
    // Rows come in the order of the runs: the last of a key is the newest.
    var newest: [[SQLValue]: SQLValue] = [:]
    for row in found.rows { newest[keys.map { row[$0] }] = row[run] }
    return found.rows.filter { row in newest[keys.map { row[$0] }] == row[run] }
  }

  /// Metrics that no row has are left out; the run's id stands last, where it disturbs least.
  private static func shown(_ result: QueryResult) -> DataFrame {
    let frame = DataFrame(result)
    let keys = ["name", "task", "dataset", "from", "pretraining", "labels", "protocol", "seed"]
    let used = frame.columns.indices.filter { column in
      frame.columns[column] != "run"
        && (keys.contains(frame.columns[column])
          || frame.rows.contains { $0[column] != .missing })
    }
    let order = used + (frame.index(of: "run").map { [$0] } ?? [])
    return DataFrame(
      columns: order.map { frame.columns[$0] },
      rows: frame.rows.map { row in order.map { row[$0] } })
  }
}
