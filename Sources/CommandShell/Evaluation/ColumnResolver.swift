import Notebooks
import Statistics

/// Finds a table's columns by the names that people write.
struct ColumnResolver {
  let frame: DataFrame

  /// The normaliser that a landmark metric's short name stands for where several are in the table
  /// (the first that is there), as the field reports it on 300-W; and so on.
  static let defaultProtocols = [
    "inter-ocular", "inter-ocular@0.10", "10-fold", "roc", "mean", "68-box", "7-class", "8-class",
    "macro-7-class", "macro-8-class",
  ]

  /// The column of that exact name; else the metric of that base name (`nme` →
  /// `nme[inter-ocular]`): the only one, or the one with the default protocol.
  ///
  /// - Throws: `.unknownColumn`, or `.ambiguousColumn` with the candidates; without a place.
  func index(of name: String) throws -> Int {
    if let index = frame.index(of: name) { return index }
    let candidates = frame.columns.filter { $0.hasPrefix(name + "[") && $0.hasSuffix("]") }
    let holding = candidates.filter(hasValues)
    if holding.count == 1 || candidates.count == 1, let only = holding.first ?? candidates.first {
      return frame.index(of: only) ?? 0
    }
    // A column without values is not what is meant where another has some.
    for standard in Self.defaultProtocols {
      let full = "\(name)[\(standard)]"
      guard holding.isEmpty || holding.contains(full) else { continue }
      if let index = frame.index(of: full) { return index }
    }
    if !candidates.isEmpty {
      throw ShellError(
        .ambiguousColumn, "`\(name)` may mean \(candidates.joined(separator: " or "))",
        expected: "one of these in full",
        notes: ["a metric's protocol is part of it: two of them never share a column"])
    }
    throw ShellError(
      .unknownColumn, "the table has no column `\(name)`",
      suggestion: nearestName(to: name, among: frame.columns + baseNames),
      notes: [listedColumns(frame.columns)] + (frame.rows.isEmpty ? ["the table has no rows"] : []))
  }

  /// The column, or nil where there is none of that name.
  func indexIfAny(of name: String) -> Int? { try? index(of: name) }

  private func hasValues(_ column: String) -> Bool {
    frame.values(of: column)?.contains { $0 != .missing } ?? false
  }

  private var baseNames: [String] {
    frame.columns.compactMap { column in
      column.firstIndex(of: "[").map { String(column.prefix(upTo: $0)) }
    }
  }
}

/// What an error says of the columns that there are: of a wide table not all of them.
func listedColumns(_ names: [String]) -> String {
  guard !names.isEmpty else { return "it has no columns" }
  let shown = names.prefix(24).joined(separator: ", ")
  let left = names.count - 24
  return "its columns: " + shown + (left > 0 ? " and \(left) more, which `describe` lists" : "")
}
