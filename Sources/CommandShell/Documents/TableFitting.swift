import Reporting

/// Fits a table into a window by leaving out whole columns, those first that say least, before
/// texts are cut short.
enum TableFitting {
  /// Columns of results and runs that say little, the least telling first; they go before
  /// metrics.
  private static let minor = [
    "pretraining", "split", "selection", "kind", "dataset", "created", "protocol", "task",
  ]
  /// These go after all metrics but one.
  private static let major = ["run", "seed", "labels", "from", "method"]

  static func text(
    _ table: ReportTable, columns: Int, style: FormattedTable.TerminalStyle
  ) -> String {
    var shown = table
    var left: [String] = []
    while naturalWidth(shown) > columns, let position = next(in: shown) {
      left.append(shown.columns[position].title)
      shown.columns.remove(at: position)
      for row in shown.rows.indices { shown.rows[row].cells.remove(at: position) }
    }
    var text = FormattedTable(shown).toText(width: columns, style: style)
    if !left.isEmpty { text += note(left, columns: columns) }
    return text
  }

  /// The column to leave out next; nil where only those that matter are there.
  private static func next(in table: ReportTable) -> Int? {
    guard table.spanners.isEmpty, table.columns.count > 2 else { return nil }
    let titles = table.columns.map(\.title)
    if let position = minor.lazy.compactMap({ titles.firstIndex(of: $0) }).first {
      return position
    }
    let metrics = titles.indices.filter { titles[$0].contains("[") }
    let ranked = metrics.sorted { (rank(titles[$0]), $0) < (rank(titles[$1]), $1) }
    if ranked.count > 1 { return ranked.last }
    return major.lazy.compactMap { titles.firstIndex(of: $0) }.first
  }

  /// How much a metric says: the usual ones under their usual protocol come first.
  private static func rank(_ metric: String) -> Int {
    // A baseline's: `mean-shape.nme[…]`.
    if metric.prefix(while: { $0 != "[" }).contains(".") { return 3 }
    let isUsual = ColumnResolver.defaultProtocols.contains { metric.hasSuffix("[\($0)]") }
    let isMain = metric.hasPrefix("nme[") || metric.hasPrefix("accuracy[")
    return isUsual ? (isMain ? 0 : 1) : 2
  }

  private static func naturalWidth(_ table: ReportTable) -> Int {
    FormattedTable(table).toText(width: 100_000).split(separator: "\n").map {
      TerminalText.width(String($0))
    }.max() ?? 0
  }

  private static func note(_ left: [String], columns: Int) -> String {
    let count = "\(left.count) column\(left.count == 1 ? "" : "s")"
    return TerminalText.truncated(
      "… \(count) not shown (`select` shows some): \(left.joined(separator: ", "))", to: columns)
      + "\n"
  }
}
