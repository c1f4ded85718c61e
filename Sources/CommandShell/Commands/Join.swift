import Statistics

/// The `join` command: rows of two tables side by side where their keys agree.
enum Join {
  static let definition = CommandDefinition(
    "join", .tables, "puts another table's columns beside the rows with the same keys",
    usage: "results | join (runs), on: name, kind: left",
    arguments: ["a table in parentheses, or a variable"],
    labels: [
      .init("on", "the column, or a list of columns, that both have"),
      .init("kind", "inner drops rows without a partner (by default); left keeps them"),
    ], input: .needed, run: run)

  @Sendable private static func run(_ invocation: Invocation) throws -> Value {
    let left = try invocation.inputTable()
    let right = try other(invocation)
    guard let on = invocation.argument("on") else { throw TableCommands.missing("on", invocation) }
    let keys = try invocation.columnNames(on, in: left.frame)
    let rightKeys = try invocation.columnNames(on, in: right.frame)
    let kind = try invocation.argument("kind").map {
      try invocation.keyword($0, for: "kind", among: ["inner", "left"])
    }
    let frame = joined(
      left.frame, keys, right.frame, rightKeys, keepsUnmatched: kind == "left")
    return .table(Table(frame, runs: left.runs.union(right.runs)))
  }

  private static func other(_ invocation: Invocation) throws -> Table {
    let expression = invocation.positional[0]
    switch try invocation.session.evaluate(expression) {
    case .table(let table): return table
    case .runs(let runs): return Table(RunTables.overview(runs))
    case let value:
      throw invocation.wrongType("join", "a table, such as (runs)", value, expression)
    }
  }

  /// The left rows in their order, each with every partner of the right in its order. A missing key
  /// has no partner. Columns of the right whose name the left has get `_2`.
  static func joined(
    _ left: DataFrame, _ leftKeys: [String], _ right: DataFrame, _ rightKeys: [String],
    keepsUnmatched: Bool
  ) -> DataFrame {
    let (leftAt, rightAt) = (
      leftKeys.compactMap { left.index(of: $0) }, rightKeys.compactMap { right.index(of: $0) }
    )
    let added = right.columns.indices.filter { !rightAt.contains($0) }
    var partners: [[Statistics.Cell]: [Int]] = [:]
    for (row, cells) in right.rows.enumerated() {
      let key = rightAt.map { cells[$0] }
      if !key.contains(.missing) { partners[key, default: []].append(row) }
    }
    let rows = left.rows.flatMap { cells -> [[Statistics.Cell]] in
      guard let found = partners[leftAt.map { cells[$0] }] else {
        return keepsUnmatched ? [cells + added.map { _ in .missing }] : []
      }
      return found.map { row in cells + added.map { right.rows[row][$0] } }
    }
    return DataFrame(columns: names(left, right, added), rows: rows)
  }

  private static func names(_ left: DataFrame, _ right: DataFrame, _ added: [Int]) -> [String] {
    var columns = left.columns
    for index in added {
      var (name, number) = (right.columns[index], 2)
      while columns.contains(name) {
        name = "\(right.columns[index])_\(number)"
        number += 1
      }
      columns.append(name)
    }
    return columns
  }
}
