import Foundation
import Statistics

/// The `unpivot` command: columns of one kind, such as a metric of each action unit, become rows.
enum Unpivot {
  static let definition = CommandDefinition(
    "unpivot", .tables, "turns columns of one kind into rows: what `pivot` needs to compare them",
    usage: "results | unpivot \"icc[%]\", names: unit, values: icc",
    arguments: ["a pattern of columns, in which % stands for their own part"],
    labels: [
      .init("names", "the new column with what % stands for, `column` by default"),
      .init("values", "the new column with the values, `value` by default"),
    ], input: .needed, run: run)

  @Sendable private static func run(_ invocation: Invocation) throws -> Value {
    let table = try invocation.inputTable()
    let expression = invocation.positional[0]
    let pattern = try invocation.text(expression, for: "pattern")
    let parts = pattern.components(separatedBy: "%")
    guard parts.count == 2 else {
      throw ShellError(
        .mismatch, "“\(pattern)” has \(parts.count - 1) % in it", at: expression.range,
        expected: "one, as in \"icc[%]\"")
    }
    let columns = matching(table.frame.columns, before: parts[0], after: parts[1])
    guard !columns.isEmpty else {
      throw ShellError(
        .unknownColumn, "no column is like “\(pattern)”", at: expression.range,
        notes: ["`describe` lists the columns"])
    }
    let names = try invocation.text("names") ?? "column"
    let values = try invocation.text("values") ?? "value"
    let frame = unpivoted(table.frame, columns, names: names, values: values)
    guard Set(frame.columns).count == frame.columns.count else {
      throw ShellError(
        .mismatch, "a column would be there twice: “\(names)” or “\(values)”",
        at: expression.range, notes: ["`names:` and `values:` give the new columns other names"])
    }
    return .table(Table(frame, runs: table.runs))
  }

  private typealias Match = (index: Int, name: String)

  /// Columns with what stands for the pattern's %, in the order of numbers in it: AU2 before AU12.
  private static func matching(
    _ columns: [String], before: String, after: String
  ) -> [Match] {
    columns.enumerated().compactMap { index, column -> Match? in
      guard column.hasPrefix(before), column.hasSuffix(after),
        column.count > before.count + after.count
      else { return nil }
      return (index, String(column.dropFirst(before.count).dropLast(after.count)))
    }.sorted { $0.name.compare($1.name, options: .numeric) == .orderedAscending }
  }

  /// Each row once for each of the columns, without those.
  private static func unpivoted(
    _ frame: DataFrame, _ columns: [Match], names: String, values: String
  ) -> DataFrame {
    let gone = Set(columns.map(\.index))
    let kept = frame.columns.indices.filter { !gone.contains($0) }
    return DataFrame(
      columns: kept.map { frame.columns[$0] } + [names, values],
      rows: frame.rows.flatMap { row in
        columns.map { column in
          kept.map { row[$0] } + [.text(column.name), row[column.index]]
        }
      })
  }
}
