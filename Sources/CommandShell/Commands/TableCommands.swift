import Experiments
import Reporting
import Statistics

/// Stages of a pipeline that turn one table into another, or into a number.
enum TableCommands {
  static let all: [CommandDefinition] = [
    CommandDefinition(
      "where", .tables, "keeps the rows for which a condition holds",
      usage: "where task == landmarks and nme < 10", arguments: ["a condition"], input: .needed,
      run: filter),
    CommandDefinition(
      "select", .tables, "keeps columns, or computes new ones",
      usage: "select COLUMN, …, NAME: EXPRESSION", arguments: ["a column"], required: 0,
      isVariadic: true, acceptsOptions: true, input: .needed, run: select),
    CommandDefinition(
      "sort", .tables, "orders the rows", usage: "sort by: COLUMN, descending: true",
      labels: [
        .init("by", "a column or a list of columns"), .init("descending", "largest first"),
      ], input: .needed, run: sort),
    CommandDefinition(
      "limit", .tables, "keeps the first rows", usage: "limit COUNT", arguments: ["a count"],
      input: .needed, run: limit),
    CommandDefinition(
      "group", .tables, "mean, standard deviation and count of a column by groups",
      usage: "group by: COLUMN, value: COLUMN",
      labels: [
        .init("by", "a column or a list of columns"), .init("value", "the column to summarise"),
      ], input: .needed, run: group),
    CommandDefinition(
      "pivot", .tables, "crosses two columns: mean ± standard deviation of a third",
      usage: "pivot rows: COLUMN, columns: COLUMN, value: METRIC, error: ci",
      labels: [
        .init("rows", "column whose values become rows, or a list of columns"),
        .init("columns", "column whose values become columns"),
        .init("value", "the column to average"),
        .init("over", "columns to average over beside seed"),
        .init("best", "of which the best cell is bold: of its column (by default) or its row"),
        .init(
          "error",
          "beside the mean: sd, the standard deviation (default); seeds, the 95 % interval of the mean "
            + "over seeds; ci, the 95 % interval over the test samples, by identity for verification"
        ),
      ], input: .needed, run: Pivot.run),
    Unpivot.definition,
    Aggregate.definition,
    Join.definition,
    CommandDefinition(
      "describe", .tables, "summarises every column", usage: "describe", input: .needed,
      run: describe),
    CommandDefinition(
      "table", .tables, "gives the table a caption, so that reports number it",
      usage: "table caption: \"…\", label: tab-nme, digits: 2",
      labels: [
        .init("caption", "text under the table, in Markdown"),
        .init("label", "name for references: @tab-nme"),
        .init("digits", "decimals of all numbers"),
      ], input: .needed, run: present),
    reduction("count", "number of rows, or of a column's values"),
    reduction("mean", "mean of a column"),
    reduction("sd", "standard deviation of a column (n − 1)"),
    reduction("sum", "sum of a column"),
    reduction("minimum", "least value of a column"),
    reduction("maximum", "greatest value of a column"),
    reduction("first", "a column's value in the first row"),
    reduction("last", "a column's value in the last row"),
  ]

  private static func reduction(_ name: String, _ summary: String) -> CommandDefinition {
    CommandDefinition(
      name, .tables, summary, usage: name == "count" ? "count [COLUMN]" : "\(name) COLUMN",
      arguments: ["a column"], required: name == "count" ? 0 : 1, input: .needed
    ) { try reduce($0, name) }
  }

  // MARK: Rows and columns

  @Sendable private static func filter(_ invocation: Invocation) throws -> Value {
    var table = try invocation.inputTable()
    let frame = table.frame
    guard let expression = invocation.positional.first else { return .table(table) }
    let condition = try RowCompiler(frame: frame, session: invocation.session).compile(expression)
    let rows = try frame.rows.filter { try condition.holds(in: $0, expression.range) }
    table = table.with(DataFrame(columns: frame.columns, rows: rows))
    return .table(table)
  }

  @Sendable private static func select(_ invocation: Invocation) throws -> Value {
    let table = try invocation.inputTable()
    let frame = table.frame
    let compiler = RowCompiler(frame: frame, session: invocation.session)
    var columns: [(name: String, value: RowExpression)] = []
    for argument in invocation.call.arguments {
      let column: (name: String, value: RowExpression)
      if let label = argument.label {
        column = (label.text, try compiler.compile(argument.value))
      } else {
        let name = try invocation.columnName(argument.value, in: frame)
        column = (name, .column(frame.index(of: name) ?? 0))
      }
      if columns.contains(where: { $0.name == column.name }) {
        throw ShellError(
          .repeatedLabel, "the column `\(column.name)` is given twice", at: argument.value.range)
      }
      columns.append(column)
    }
    let rows = try frame.rows.map { row in
      try columns.map { try $0.value.value(in: row).cell ?? .missing }
    }
    return .table(table.with(DataFrame(columns: columns.map(\.name), rows: rows)))
  }

  @Sendable private static func sort(_ invocation: Invocation) throws -> Value {
    let table = try invocation.inputTable()
    let frame = table.frame
    guard let by = invocation.argument("by") else { throw missing("by", invocation) }
    let keys = try invocation.columnNames(by, in: frame).compactMap { frame.index(of: $0) }
    let descends = try invocation.flag("descending") ?? false
    let rows = frame.rows.enumerated().sorted { a, b in
      for key in keys {
        let (x, y) = (a.element[key], b.element[key])
        if x == y { continue }
        // Missing cells come last either way.
        if x == .missing || y == .missing { return y == .missing }
        return CellOrder.precedes(x, y) != descends
      }
      return a.offset < b.offset
    }.map(\.element)
    return .table(table.with(DataFrame(columns: frame.columns, rows: rows)))
  }

  @Sendable private static func limit(_ invocation: Invocation) throws -> Value {
    let table = try invocation.inputTable()
    let count = try invocation.integer(
      invocation.positional[0], for: "count", in: 0...1_000_000_000)
    return .table(
      table.with(
        DataFrame(columns: table.frame.columns, rows: Array(table.frame.rows.prefix(count)))))
  }

  // MARK: Summaries

  @Sendable private static func group(_ invocation: Invocation) throws -> Value {
    let table = try invocation.inputTable()
    let frame = table.frame
    guard let by = invocation.argument("by") else { throw missing("by", invocation) }
    guard let valueExpression = invocation.argument("value") else {
      throw missing("value", invocation)
    }
    let keys = try invocation.columnNames(by, in: frame)
    let value = try invocation.columnName(valueExpression, in: frame)
    let values = try numbers(frame, value, at: valueExpression)
    let positions = keys.compactMap { frame.index(of: $0) }
    var order: [[Statistics.Cell]] = []
    var groups: [[Statistics.Cell]: [Double]] = [:]
    for (row, number) in zip(frame.rows, values) {
      let key = positions.map { row[$0] }
      if groups[key] == nil { order.append(key) }
      groups[key, default: []] += number.map { [$0] } ?? []
    }
    let rows = order.map { key in
      let summary = Reduction(groups[key] ?? [])
      return key + [
        summary.mean.map { .number($0) } ?? .missing,
        summary.deviation.map { .number($0) } ?? .missing, .integer(summary.values.count),
      ]
    }
    let columns = keys + [value, "sd", "n"].map { keys.contains($0) ? $0 + "'" : $0 }
    return .table(Table(DataFrame(columns: columns, rows: rows), runs: table.runs))
  }

  @Sendable private static func describe(_ invocation: Invocation) throws -> Value {
    let table = try invocation.inputTable()
    let frame = table.frame
    let rows = frame.columns.map { column -> [Statistics.Cell] in
      let cells = (frame.values(of: column) ?? []).filter { $0 != .missing }
      let summary = Reduction(cells.compactMap(\.numericValue))
      let isNumeric = summary.values.count == cells.count && !cells.isEmpty
      let statistics =
        isNumeric
        ? [summary.mean, summary.deviation, summary.values.min(), summary.values.max()]
        : [nil, nil, nil, nil]
      return [
        .text(column), .text(isNumeric ? "number" : cells.isEmpty ? "empty" : "text"),
        .integer(cells.count), .integer(Set(cells).count),
      ] + statistics.map { $0.map { .number($0) } ?? .missing }
    }
    return .table(
      Table(
        DataFrame(
          columns: ["column", "type", "count", "distinct", "mean", "sd", "minimum", "maximum"],
          rows: rows), runs: table.runs))
  }

  private static func reduce(_ invocation: Invocation, _ name: String) throws -> Value {
    let frame = try invocation.inputTable().frame
    guard let expression = invocation.positional.first else {
      return .integer(frame.rows.count)
    }
    let column = try invocation.columnName(expression, in: frame)
    let cells = (frame.values(of: column) ?? [])
    if name == "count" { return .integer(cells.filter { $0 != .missing }.count) }
    if name == "first" || name == "last" {
      guard let cell = name == "first" ? cells.first : cells.last else {
        throw empty(column, expression)
      }
      return Value(cell)
    }
    let reduction = Reduction(try numbers(frame, column, at: expression).compactMap(\.self))
    if name == "sum" { return .number(reduction.values.reduce(0, +)) }
    let result =
      switch name {
      case "mean": reduction.mean
      case "sd": reduction.deviation
      case "minimum": reduction.values.min()
      default: reduction.values.max()
      }
    guard let result else { throw empty(column, expression) }
    return .number(result)
  }

  private static func empty(_ column: String, _ expression: Expression) -> ShellError {
    ShellError(
      .emptyTable, "the column `\(column)` has too few values for this", at: expression.range,
      notes: ["look at the table before this stage: a `where` may have left no rows"])
  }

  /// A column as numbers, nil where missing; a text is an error.
  static func numbers(
    _ frame: DataFrame, _ column: String, at expression: Expression
  ) throws -> [Double?] {
    try (frame.values(of: column) ?? []).map { cell in
      if cell == .missing { return nil }
      guard let number = cell.numericValue else {
        throw ShellError(
          .wrongType, "the column `\(column)` holds \(Value(cell).described), no numbers",
          at: expression.range, expected: "a column of numbers")
      }
      return number
    }
  }

  static func missing(_ label: String, _ invocation: Invocation) -> ShellError {
    ShellError(
      .missingArgument, "`\(invocation.definition.name)` needs `\(label):`",
      at: invocation.call.name.range, notes: ["usage: \(invocation.definition.usage)"])
  }

  // MARK: Presentation

  @Sendable private static func present(_ invocation: Invocation) throws -> Value {
    var table = try invocation.inputTable()
    table.caption = try invocation.text("caption") ?? table.caption
    table.label = try invocation.text("label") ?? table.label
    if let digits = try invocation.integer("digits", in: 0...12) {
      var layout = table.reportTable
      for column in layout.columns.indices { layout.columns[column].decimals = digits }
      table.layout = layout
    }
    return .table(table)
  }
}

/// Mean and deviation of numbers.
struct Reduction {
  let values: [Double]

  init(_ values: [Double]) { self.values = values }

  var mean: Double? { values.isEmpty ? nil : values.reduce(0, +) / Double(values.count) }

  /// Sample standard deviation, n − 1; nil for fewer than two values.
  var deviation: Double? {
    guard let mean, values.count > 1 else { return nil }
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return (squares / Double(values.count - 1)).squareRoot()
  }
}

/// The order of cells in `sort`: numbers and lengths of time, then label budgets (counts, then
/// shares), then texts.
enum CellOrder {
  static func precedes(_ a: Statistics.Cell, _ b: Statistics.Cell) -> Bool {
    let (x, y) = (rank(a), rank(b))
    if x.class != y.class { return x.class < y.class }
    return x.number != y.number ? x.number < y.number : x.text < y.text
  }

  private static func rank(_ cell: Statistics.Cell) -> (class: Int, number: Double, text: String) {
    switch cell {
    case .boolean(let value): return (0, value ? 1 : 0, "")
    case .integer(let value): return (1, Double(value), "")
    case .number(let value): return (1, value, "")
    case .text(let text):
      if let seconds = DurationText.seconds(shown: text) { return (1, seconds, "") }
      switch Arithmetic.budget(text) {
      case .integer(let count): return (1, Double(count), "")
      case .number(let value): return (1, value, "")
      case .percent(let value): return (2, value, "")
      default: return (3, 0, text)
      }
    case .missing: return (4, 0, "")
    }
  }
}
