import Experiments
import Foundation
import Statistics

/// `artifact`: a table that a run left beside its results.
enum ArtifactCommand {
  static let definition = CommandDefinition(
    "artifact", .experiments, "a table that a run left: face-errors, pairs, confusion …",
    usage: "artifact RUN, pairs | plot roc, x: similarity, same: same",
    arguments: ["a run", "the table's name"],
    run: run)

  @Sendable private static func run(_ invocation: Invocation) throws -> Value {
    let run = try invocation.run(invocation.positional[0])
    let expression = invocation.positional[1]
    let store = try invocation.session.store()
    let known = try tables(of: run, in: store)
    guard !known.isEmpty else {
      throw ShellError(
        .data, "\(run.name) left no tables", at: invocation.positional[0].range,
        notes: ["finished runs of `adapt` leave some"])
    }
    let name = try invocation.keyword(expression, for: "table", among: known.map(\.name))
    let path = known.first { $0.name == name }?.path ?? ""
    let file = store.folder.appendingPathComponent(path)
    do {
      let frame = try DataFrame(csv: String(contentsOf: file, encoding: .utf8))
      return .table(Table(name == "confusion" ? cases(frame) : frame, runs: [run.id]))
    } catch {
      throw ShellError(
        .data, "the table of \(run.name) cannot be read from \(file.path)", at: expression.range,
        notes: ["`adapt …, fresh: true` makes it anew"])
    }
  }

  /// The matrix of confusions, a row a true label, as a row for each pair of labels.
  private static func cases(_ matrix: DataFrame) -> DataFrame {
    let rows = matrix.rows.flatMap { row in
      zip(matrix.columns, row).dropFirst().map { name, count in [row[0], .text(name), count] }
    }
    return DataFrame(columns: ["truth", "predicted", "count"], rows: rows)
  }

  private static func tables(of run: Run, in store: Store) throws -> [(name: String, path: String)]
  {
    try store.query(
      """
      SELECT artifacts.name, path FROM artifacts JOIN runs ON runs.id = run_id
      WHERE uuid = ? AND path LIKE '%.csv' ORDER BY artifacts.name
      """, [.text(run.id)]
    ).rows.compactMap { row in
      guard let name = row[0].textValue, let path = row[1].textValue else { return nil }
      return (name, path)
    }
  }
}
