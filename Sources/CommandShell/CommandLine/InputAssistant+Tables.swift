import Experiments
import Statistics

// Completion of what a pipeline's table has: names of columns, and values that they hold.
extension InputAssistant {
  /// What can stand at the end of a text, after the words of its stage: a value behind `task ==`, a
  /// curve behind `names:`, else a column of the table that comes through the pipe.
  func tableWords(_ before: String, _ stage: [String], prefix: String) -> [String] {
    if stage.first == "metrics", stage.contains("names:") {
      return names("SELECT name FROM metric_names ORDER BY name")
    }
    guard let command = stage.first.flatMap({ CommandCatalog.command($0) }),
      command.input == .needed
    else { return [] }
    if let column = comparedColumn(stage) { return values(of: column, prefix: prefix) }
    return columns(of: Self.source(before))
  }

  /// `task` of `task ==`, `task in [a,`.
  private func comparedColumn(_ stage: [String]) -> String? {
    guard let place = stage.lastIndex(where: { ["==", "!=", "in"].contains($0) }), place > 0 else {
      return nil
    }
    let rest = stage[(place + 1)...]
    let isOpenList = stage[place] == "in" && !rest.contains { $0.hasSuffix("]") }
    return rest.isEmpty || isOpenList ? stage[place - 1] : nil
  }

  private func values(of column: String, prefix: String) -> [String] {
    let methods = MethodCatalog.methods
    switch column {
    case "task": return methods.filter { $0.kind == .adapt || $0.kind == .evaluate }.map(\.name)
    case "method": return methods.map(\.name)
    case "pretraining":
      return methods.filter { $0.kind == .pretrain }.map(\.name) + ["none", "unknown"]
    case "dataset": return names("SELECT DISTINCT name FROM datasets ORDER BY name")
    case "status": return RunStatus.allCases.map(\.rawValue)
    case "selection": return Store.Selection.allCases.map(\.rawValue)
    case "kind": return RunSpecification.Kind.allCases.map(\.rawValue)
    case "from": return ["scratch"] + runs(prefix)
    case "name": return runs(prefix)
    default: return []
    }
  }

  private func runs(_ prefix: String) -> [String] {
    (try? session.runNames(startingWith: prefix, limit: 2000)) ?? []
  }

  /// The first word of the pipeline that a text ends in.
  private static func source(_ before: String) -> String? {
    let statement =
      before.split(omittingEmptySubsequences: false) { ";{\n(".contains($0) }.last ?? ""
    var words = statement.split { " ,|\t".contains($0) }.map(String.init)
    if words.first == "let", let sign = words.firstIndex(of: "=") { words.removeFirst(sign + 1) }
    return words.first
  }

  private func columns(of source: String?) -> [String] {
    switch source {
    case "results":
      // A metric of the latest runs is what is asked for; all results would take longer than a key.
      return Store.keyColumns
        + names(
          """
          SELECT DISTINCT metric FROM results
          WHERE run_id > (SELECT max(run_id) FROM results) - 200 ORDER BY metric
          """)
    case "runs": return RunTables.columns
    case "metrics": return RunTables.curveColumns
    default:
      guard case .table(let table) = source.flatMap({ session.scope[$0] }) else { return [] }
      return table.frame.columns
    }
  }

  private func names(_ sql: String) -> [String] {
    guard let store = try? session.storeIfAny(), let found = try? store.query(sql) else {
      return []
    }
    return found.rows.compactMap { $0.first?.textValue }
  }
}
