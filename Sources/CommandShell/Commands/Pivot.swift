import Experiments
import Reporting
import Statistics

/// The `pivot` command.
enum Pivot {
  @Sendable static func run(_ invocation: Invocation) throws -> Value {
    let table = try invocation.inputTable()
    guard let rows = invocation.argument("rows") else {
      throw TableCommands.missing("rows", invocation)
    }
    guard let columns = invocation.argument("columns") else {
      throw TableCommands.missing("columns", invocation)
    }
    guard let value = invocation.argument("value") else {
      throw TableCommands.missing("value", invocation)
    }
    let frame = table.frame
    let rowNames = try invocation.columnNames(rows, in: frame)
    let columnName = try invocation.columnName(columns, in: frame)
    let valueName = try invocation.columnName(value, in: frame)
    _ = try TableCommands.numbers(frame, valueName, at: value)
    let over = try invocation.argument("over").map { try invocation.columnNames($0, in: frame) }
    let keys = rowNames + [columnName, valueName]
    try refuseMixture(invocation, frame, keys: keys, over: over ?? [], value: valueName)
    let (joined, rowName) = joining(rowNames, in: frame)
    let pivot = try joined.pivot(
      rows: rowName, columns: columnName, value: valueName, marking: marking(invocation),
      spread: spread(invocation, frame, of: valueName))
    guard !pivot.rowLabels.isEmpty else {
      throw ShellError(
        .emptyTable, "no row has a value of `\(valueName)` to pivot", at: value.range,
        notes: ["look at the table before this stage: a `where` may have left no rows"])
    }
    var layout = ReportTable(pivot, rule: intervalRule(of: valueName))
    if let note = try failures(behind: frame, invocation.session) { layout.notes.append(note) }
    var result = Table(means(pivot), layout: layout, runs: table.runs)
    (result.caption, result.label) = (table.caption, table.label)
    return .table(result)
  }

  /// What `best:` asks for.
  private static func marking(_ invocation: Invocation) throws -> PivotMarking {
    guard let argument = invocation.argument("best") else { return PivotMarking() }
    let words = PivotMarking.Rivals.allCases.map(\.rawValue)
    let word = try invocation.keyword(argument, for: "best", among: words)
    return PivotMarking(rivals: PivotMarking.Rivals(rawValue: word) ?? .column)
  }

  /// What `error:` asks for beside the means.
  private static func spread(
    _ invocation: Invocation, _ frame: DataFrame, of value: String
  ) throws -> PivotSpread {
    guard let argument = invocation.argument("error") else { return .deviation }
    switch try invocation.keyword(argument, for: "error", among: ["sd", "seeds", "ci"]) {
    case "seeds": return .repetitions(level: 0.95)
    case "ci":
      let (lower, upper) = ("low95." + value, "high95." + value)
      guard frame.index(of: lower) != nil, frame.index(of: upper) != nil else {
        let known = frame.columns.filter { $0.hasPrefix("low95.") }.map { $0.dropFirst(6) }
        throw ShellError(
          .mismatch, "no intervals over the test samples are stored for `\(value)`",
          at: argument.range,
          notes: [
            known.isEmpty
              ? "`error: seeds` gives the interval of the mean over seeds"
              : "they are for \(known.map { "`\($0)`" }.joined(separator: ", ")); `error: seeds` "
                + "gives the interval of the mean over seeds"
          ])
      }
      return .columns(lower: lower, upper: upper)
    default: return .deviation
    }
  }

  /// How the engine makes a metric's intervals over test samples: `acceptIntervals` and
  /// `IntervalEstimate` in FaceTasks.
  private static func intervalRule(of metric: String) -> String {
    metric.hasPrefix("tar[")
      ? "Wilson’s, adjusted for pairs that share identities, the threshold’s own error included; "
        + "arXiv:2306.01198"
      : "percentile bootstrap, 1,000 resamples, people resampled whole where they are known"
  }

  /// The session's runs of the same tasks that failed, which the means lack: silence would read as
  /// if fewer seeds had been asked for.
  private static func failures(behind frame: DataFrame, _ session: Session) throws -> [Inline]? {
    let tasks = Set((frame.values(of: "task") ?? []).compactMap { Value($0).text })
    guard !tasks.isEmpty, !session.usedRuns.isEmpty, let store = try session.storeIfAny() else {
      return nil
    }
    let names = try session.usedRuns.compactMap { try store.run(id: $0) }
      .filter { $0.status == .failed && tasks.contains($0.method) }.map(\.name)
    guard !names.isEmpty else { return nil }
    let more = names.count > 5 ? ", …" : ""
    let subject = names.count == 1 ? "1 run failed and is" : "\(names.count) runs failed and are"
    return [.text("\(subject) left out: \(names.prefix(5).joined(separator: ", "))\(more).")]
  }

  /// A mean must not mix what is not a repetition: other data sets, protocols, selections, or two
  /// runs with the same seed.
  private static func refuseMixture(
    _ invocation: Invocation, _ frame: DataFrame, keys: [String], over: [String], value: String
  ) throws {
    let (joined, rowName) = joining(Array(keys.dropLast(2)), in: frame)
    let pivot = try joined.pivot(rows: rowName, columns: keys[keys.count - 2], value: value)
    let free = Set(keys + over)
    if let mixed = pivot.mixedColumns.first(where: { !free.contains($0) }) {
      let values = Set((frame.values(of: mixed) ?? []).compactMap { Value($0).text }).sorted()
      throw ShellError(
        .mismatch,
        "one cell would average over several values of `\(mixed)`: "
          + values.prefix(4).joined(separator: ", "),
        at: invocation.call.name.range,
        notes: [
          "keep one: `where \(mixed) == \(values.first ?? "…")`; or add it to `rows:`; "
            + "or say `over: \(mixed)`"
        ])
    }
    guard let seed = frame.index(of: "seed"), !free.contains("seed"),
      let position = frame.index(of: value)
    else { return }
    let fixed =
      keys.dropLast().compactMap { frame.index(of: $0) }
      + over.compactMap { frame.index(of: $0) }
    var seen: [[Statistics.Cell]: [Statistics.Cell]] = [:]
    for row in frame.rows where row[position] != .missing && row[seed] != .missing {
      guard let other = seen.updateValue(row, forKey: fixed.map { row[$0] } + [row[seed]]) else {
        continue
      }
      throw ShellError(
        .mismatch, "two runs with seed \(Value(row[seed]).interpolated ?? "") fall into one cell",
        at: invocation.call.name.range, notes: [keepOne(of: row, other, in: frame)])
    }
  }

  /// How two rows that must not fall together can be told apart: by an option, else by name.
  private static func keepOne(
    of row: [Statistics.Cell], _ other: [Statistics.Cell], in frame: DataFrame
  ) -> String {
    let options = Set(MethodCatalog.methods.flatMap { $0.options.map(\.name) })
    let differing = frame.columns.indices.filter {
      options.contains(frame.columns[$0]) && row[$0] != other[$0]
    }
    guard let first = differing.first, let value = Value(row[first]).interpolated else {
      return "they differ in other options: keep one with `where name == …`, or say `over: seed`"
    }
    let names = differing.map { "`\(frame.columns[$0])`" }.joined(separator: ", ")
    return "they differ in \(names): keep one with `where \(frame.columns[first]) == \(value)`, "
      + "add it to `rows:`, or say `over: seed`"
  }

  /// Several columns as one: `swav-wild · linear`.
  private static func joining(_ names: [String], in frame: DataFrame) -> (DataFrame, String) {
    guard names.count > 1 else { return (frame, names.first ?? "") }
    let positions = names.compactMap { frame.index(of: $0) }
    let joined = names.joined(separator: " · ")
    let rows = frame.rows.map { row in
      row + [
        .text(positions.map { Value(row[$0]).interpolated ?? "–" }.joined(separator: " · "))
      ]
    }
    return (DataFrame(columns: frame.columns + [joined], rows: rows), joined)
  }

  /// The means alone, for further stages.
  private static func means(_ pivot: PivotTable) -> DataFrame {
    let labels = pivot.columnLabels.map { Value($0).interpolated ?? "–" }
    let rows = zip(pivot.rowLabels, pivot.cells).map { label, cells in
      [label] + cells.map { $0.map { .number($0.summary.mean) } ?? .missing }
    }
    return DataFrame(columns: [pivot.rowName] + labels, rows: rows)
  }
}
