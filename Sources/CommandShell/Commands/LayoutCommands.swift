import Notebooks
import Reporting
import Statistics

/// Commands that make a table one for a paper: groups, titles over columns, units, footnotes, and rows
/// of published figures.
enum LayoutCommands {
  static let all: [CommandDefinition] = [
    CommandDefinition(
      "layout", .tables, "groups rows, and gives columns titles, units and arrows",
      usage: "layout group: task, over: [[\"Few labels\", nme, auc]], units: [nme: \"%\"]",
      labels: [
        .init("group", "column whose values become headings of groups of rows"),
        .init("over", "titles over columns: a list, each title before its columns"),
        .init("titles", "titles of columns: a record"),
        .init("units", "units of columns: a record"),
        .init("better", "lower or higher by column: a record; sets an arrow"),
        .init("digits", "decimals by column: a record"),
        .init("notes", "footnotes under the table, in Markdown"),
      ], input: .needed, run: layout),
    CommandDefinition(
      "published", .tables, "adds a row of figures that others published, in italics",
      usage: "published \"SwAV, paper\", values: [nothing, 4.6], source: \"[@bulat2022], Table 3\"",
      arguments: ["the row's name"],
      labels: [
        .init("values", "a list, in order of the columns; `–` for one that is missing"),
        .init("source", "where they stand, in Markdown; needed"),
        .init("group", "the group of rows that it belongs to"),
      ], input: .needed, run: published),
  ]

  @Sendable private static func layout(_ invocation: Invocation) throws -> Value {
    var table = try invocation.inputTable()
    var shown = table.reportTable
    try set(&shown, invocation)
    if let group = invocation.argument("group") {
      try self.group(&shown, by: try column(group, shown, invocation))
    }
    if let expression = invocation.argument("over") {
      shown.spanners.insert(try spanners(expression, shown, invocation), at: 0)
    }
    // Last: the others know columns by their old titles.
    for field in try fields("titles", invocation) {
      let position = try position(field.name, shown, invocation)
      shown.columns[position].title = field.value.interpolated ?? ""
    }
    for note in try invocation.value("notes")?.elements ?? [] {
      shown.notes.append(MarkdownReader.inlines(note.interpolated ?? ""))
    }
    table.layout = shown
    return .table(table)
  }

  /// Units, arrows and decimals of single columns.
  private static func set(_ shown: inout ReportTable, _ invocation: Invocation) throws {
    for field in try fields("units", invocation) {
      shown.columns[try position(field.name, shown, invocation)].unit = field.value.interpolated
    }
    for field in try fields("better", invocation) {
      let position = try position(field.name, shown, invocation)
      switch field.value.interpolated {
      case "lower": shown.columns[position].direction = .lowerIsBetter
      case "higher": shown.columns[position].direction = .higherIsBetter
      default:
        throw ShellError(
          .unknownChoice, "`better:` is \(field.value.described)",
          at: invocation.argument("better")?.range, expected: "lower or higher")
      }
    }
    for field in try fields("digits", invocation) {
      guard case .integer(let digits) = field.value, (0...12).contains(digits) else {
        throw ShellError(
          .wrongType, "`digits:` is \(field.value.described)",
          at: invocation.argument("digits")?.range, expected: "a number from 0 to 12")
      }
      shown.columns[try position(field.name, shown, invocation)].decimals = digits
    }
  }

  private static func fields(
    _ label: String, _ invocation: Invocation
  ) throws -> [Value.Field] {
    guard let expression = invocation.argument(label) else { return [] }
    let value = try invocation.session.evaluate(expression)
    guard case .record(let fields) = value else {
      throw invocation.wrongType("\(label):", "a record such as [nme: \"%\"]", value, expression)
    }
    return fields
  }

  private static func position(
    _ name: String, _ shown: ReportTable, _ invocation: Invocation
  ) throws -> Int {
    let titles = shown.columns.map(\.title)
    if let position = titles.firstIndex(of: name) { return position }
    if let position = titles.firstIndex(where: { $0.hasPrefix(name + "[") }) { return position }
    throw ShellError(
      .unknownColumn, "the table has no column `\(name)`", at: invocation.range,
      suggestion: nearestName(to: name, among: titles),
      notes: [listedColumns(titles)])
  }

  private static func column(
    _ expression: Expression, _ shown: ReportTable, _ invocation: Invocation
  ) throws -> Int {
    let name = try expression.plainWord ?? invocation.text(expression, for: "column")
    return try position(name, shown, invocation)
  }

  /// Rows of a group come together, the groups in order of their first rows.
  private static func group(_ shown: inout ReportTable, by position: Int) throws {
    var order: [String] = []
    var groups: [String: [ReportTable.Row]] = [:]
    for source in shown.rows {
      var row = source
      let name = FormattedTable.text(of: row.cells.remove(at: position).value)
      row.group = name
      if groups[name] == nil { order.append(name) }
      groups[name, default: []].append(row)
    }
    shown.columns.remove(at: position)
    shown.rows = order.flatMap { groups[$0] ?? [] }
    shown.spanners = shown.spanners.map { level in
      level.map { spanner in
        let low = spanner.columns.lowerBound - (spanner.columns.lowerBound > position ? 1 : 0)
        let high = spanner.columns.upperBound - (spanner.columns.upperBound > position ? 1 : 0)
        return ReportTable.Spanner(spanner.title, columns: low..<high)
      }
    }
  }

  private static func spanners(
    _ expression: Expression, _ shown: ReportTable, _ invocation: Invocation
  ) throws -> [ReportTable.Spanner] {
    try invocation.session.evaluate(expression).elements.map { item in
      let words = item.elements.compactMap(\.interpolated)
      let positions = try words.dropFirst().map { try position($0, shown, invocation) }.sorted()
      guard let title = words.first, let first = positions.first, let last = positions.last,
        last - first == positions.count - 1
      else {
        throw ShellError(
          .wrongType, "`over:` takes titles, each with columns that stand side by side",
          at: expression.range, expected: "[[\"Few labels\", nme, auc], …]",
          notes: ["order the columns with `select`"])
      }
      return ReportTable.Spanner(title, columns: first..<(last + 1))
    }
  }

  // MARK: Published figures

  @Sendable private static func published(_ invocation: Invocation) throws -> Value {
    var table = try invocation.inputTable()
    var shown = table.reportTable
    let name = try invocation.text(invocation.positional[0], for: "name")
    guard let source = try invocation.text("source") else {
      throw TableCommands.missing("source", invocation)
    }
    let values = try invocation.value("values")?.elements ?? []
    guard values.count == shown.columns.count - 1 else {
      throw ShellError(
        .mismatch,
        "`values:` has \(values.count) figures for \(shown.columns.count - 1) columns",
        at: invocation.argument("values")?.range ?? invocation.range,
        notes: ["the columns: " + shown.columns.dropFirst().map(\.title).joined(separator: ", ")])
    }
    let cells =
      [ReportTable.Cell(.text(name), isQuoted: true)]
      + values.map { value in
        let number: ReportTable.Value =
          switch value {
          case .percent(let share): .number(share)
          default: value.numeric.map { .number($0) } ?? .missing
          }
        return ReportTable.Cell(number, isQuoted: true)
      }
    shown.rows.append(ReportTable.Row(cells, group: try invocation.text("group")))
    let note: [Inline] = [.emphasis([.text(name)]), .text(": published, not run here: ")]
    shown.notes.append(note + MarkdownReader.inlines(source) + [.text(".")])
    table.layout = shown
    return .table(table)
  }
}
