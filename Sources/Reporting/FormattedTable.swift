/// A table as text: what every output writes, so that all show the same numbers.
public struct FormattedTable: Sendable, Hashable {
  /// A cell's text. Numbers are in parts, so that each output can align them on the point.
  public struct Cell: Sendable, Hashable {
    public enum Content: Sendable, Hashable {
      case missing
      case text(String)
      case number(Number)
    }

    public var content: Content
    public var mark: ReportTable.Mark?
    public var isQuoted: Bool
    /// The name that the cell leads to.
    public var link: String?
  }

  /// A number: whole part with sign and grouping, fraction with the point, and the same of its
  /// standard deviation; `count` where the table's cells differ in it.
  public struct Number: Sendable, Hashable {
    public var whole: String
    public var fraction: String
    public var deviation: Part?
    /// The ends of an interval in brackets: `[-4.50, 4.73]`.
    public var interval: String?
    public var count: Int?

    public struct Part: Sendable, Hashable {
      public var whole: String
      public var fraction: String
    }
  }

  public struct Row: Sendable, Hashable {
    public var group: String?
    public var cells: [Cell]
    /// The name that links to the row lead to.
    public var anchor: String?
  }

  public let table: ReportTable
  /// The columns' titles with unit and arrow.
  public let headings: [String]
  /// The columns' alignments, none `automatic`.
  public let alignments: [ReportTable.Alignment]
  public let rows: [Row]
  /// The table's notes; what `n` is where the cells do not say it is the maker's to add.
  public var notes: [[Inline]] { table.notes }

  /// Sets the texts of a table. A row that is too short is filled with missing cells; cells beyond
  /// the last column are left out.
  public init(_ table: ReportTable) {
    self.table = table
    headings = table.columns.map(\.heading)
    let showsCount = Self.countsDiffer(table)
    var alignments: [ReportTable.Alignment] = []
    var formatted: [[Cell]] = []
    for (position, column) in table.columns.enumerated() {
      let cells = table.rows.map {
        position < $0.cells.count ? $0.cells[position] : ReportTable.Cell(.missing)
      }
      let result = Self.column(cells, column, showsCount: showsCount)
      alignments.append(result.alignment)
      formatted.append(result.cells)
    }
    self.alignments = alignments
    rows = table.rows.enumerated().map { row, source in
      Row(group: source.group, cells: formatted.map { $0[row] }, anchor: source.anchor)
    }
  }

  /// A value alone as text: what names a group of rows.
  public static func text(of value: ReportTable.Value) -> String {
    let decimals = Self.decimals([ReportTable.Cell(value)])
    let content = content(value, decimals: decimals, showsCount: false)
    return Cell(content: content, mark: nil, isQuoted: false).plainText
  }

  private static func countsDiffer(_ table: ReportTable) -> Bool {
    var counts: Set<Int> = []
    for row in table.rows {
      for cell in row.cells {
        switch cell.value {
        case .measurement(_, _, let count), .interval(_, _, _, let count): counts.insert(count)
        case .missing, .text, .integer, .number: break
        }
      }
    }
    return counts.count > 1
  }
}

extension FormattedTable {
  /// Formats one column: the same decimals for all its cells.
  private static func column(
    _ cells: [ReportTable.Cell], _ column: ReportTable.Column, showsCount: Bool
  ) -> (cells: [Cell], alignment: ReportTable.Alignment) {
    let decimals = column.decimals ?? Self.decimals(cells)
    let mayBeNumbers = column.alignment == .automatic || column.alignment == .decimal
    var formatted = cells.map { cell in
      Cell(
        content: content(cell.value, decimals: decimals, showsCount: showsCount),
        mark: cell.mark, isQuoted: cell.isQuoted, link: cell.link)
    }
    if mayBeNumbers { splitTexts(&formatted, always: column.alignment == .decimal) }
    guard column.alignment == .automatic else { return (formatted, column.alignment) }
    let hasNumbers = formatted.contains { if case .number = $0.content { true } else { false } }
    let hasTexts = formatted.contains { if case .text = $0.content { true } else { false } }
    return (formatted, hasNumbers && !hasTexts ? .decimal : .left)
  }

  private static func decimals(_ cells: [ReportTable.Cell]) -> Int {
    var (deviations, values): ([Double], [Double]) = ([], [])
    for cell in cells {
      switch cell.value {
      case .measurement(let mean, let deviation, _):
        values.append(mean)
        if let deviation { deviations.append(deviation) }
      case .interval(let mean, let lower, let upper, _):
        values.append(mean)
        // As wide as a deviation of which an interval of 95 % has four.
        deviations.append((upper - lower) / 4)
      case .number(let value): values.append(value)
      case .integer, .text, .missing: break
      }
    }
    guard let decimals = NumberFormat.decimals(uncertainties: deviations) else {
      return NumberFormat.decimals(values: values)
    }
    return min(decimals, NumberFormat.mostDecimals(values: values))
  }

  private static func content(
    _ value: ReportTable.Value, decimals: Int, showsCount: Bool
  ) -> Cell.Content {
    switch value {
    case .missing: return .missing
    case .text(let text): return isMissing(text) ? .missing : .text(text)
    case .integer(let value):
      return .number(Number(whole: NumberFormat.grouped(String(value)), fraction: ""))
    case .number(let value): return .number(number(value, decimals: decimals))
    case .measurement(let mean, let deviation, let count):
      var parts = number(mean, decimals: decimals)
      if let deviation {
        let (whole, fraction) = NumberFormat.split(
          NumberFormat.fixed(deviation, decimals: decimals))
        parts.deviation = Number.Part(whole: whole, fraction: fraction)
      }
      if showsCount { parts.count = count }
      return .number(parts)
    case .interval(let mean, let lower, let upper, let count):
      var parts = number(mean, decimals: decimals)
      let ends = [lower, upper].map { NumberFormat.fixed($0, decimals: decimals) }
      parts.interval = "[\(ends[0]), \(ends[1])]"
      if showsCount { parts.count = count }
      return .number(parts)
    }
  }

  /// Nothing, or a dash as people type it into tables.
  private static func isMissing(_ text: String) -> Bool { ["", "–", "—", "-"].contains(text) }

  private static func number(_ value: Double, decimals: Int) -> Number {
    let (whole, fraction) = NumberFormat.split(NumberFormat.fixed(value, decimals: decimals))
    return Number(whole: NumberFormat.grouped(whole), fraction: fraction)
  }

  /// Takes texts that are numbers (a Markdown table's) as such, digits as typed: in a column where
  /// all of them are, or anyway.
  private static func splitTexts(_ cells: inout [Cell], always: Bool) {
    let parsed = cells.map { cell -> Cell.Content in
      guard case .text(let text) = cell.content else { return cell.content }
      return TypedNumber.parse(text).map(Cell.Content.number) ?? cell.content
    }
    let allNumbers = parsed.allSatisfy { if case .text = $0 { false } else { true } }
    guard always || allNumbers else { return }
    for position in cells.indices { cells[position].content = parsed[position] }
  }
}

/// A number as someone typed it: `14.2 ± 0.6`, `-3`, `20,000`, `12.5%`; en dashes are missing.
enum TypedNumber {
  static func parse(_ text: String) -> FormattedTable.Number? {
    let parts = text.split(separator: "±", omittingEmptySubsequences: false)
    guard parts.count <= 2, let mean = number(String(parts[0]).trimmed) else { return nil }
    var found = FormattedTable.Number(whole: mean.whole, fraction: mean.fraction)
    if parts.count == 2 {
      guard let deviation = number(String(parts[1]).trimmed) else { return nil }
      found.deviation = .init(whole: deviation.whole, fraction: deviation.fraction)
    }
    return found
  }

  private static func number(_ text: String) -> (whole: String, fraction: String)? {
    let plain = text.map { $0 == "−" ? "-" : $0 }
    let body = plain.drop { $0 == "-" || $0 == "+" }
    guard plain.count - body.count <= 1, body.first.map({ $0.isASCII && $0.isNumber }) ?? false
    else { return nil }
    let rest = body.last == "%" ? body.dropLast() : body
    guard rest.allSatisfy({ ($0.isASCII && $0.isNumber) || $0 == "." || $0 == "," }),
      rest.count(where: { $0 == "." }) <= 1
    else { return nil }
    return NumberFormat.split(String(plain))
  }
}

extension FormattedTable.Cell {
  /// The cell in one piece, `-` as it is: `14.20 ± 0.62 (3)`; missing as an en dash.
  public var plainText: String {
    switch content {
    case .missing: "–"
    case .text(let text): text
    case .number(let number): number.plainText
    }
  }
}

extension FormattedTable.Number {
  public var mean: String { whole + fraction }

  public var plainText: String {
    var text = mean
    if let deviation { text += " ± " + deviation.whole + deviation.fraction }
    if let interval { text += " " + interval }
    if let count { text += " (\(count))" }
    return text
  }
}
