import Experiments
import Plotting
import Statistics

/// What an expression or a command gives.
enum Value: Sendable {
  case nothing
  case boolean(Bool)
  case integer(Int)
  case number(Double)
  /// `10%` holds 10.
  case percent(Double)
  /// In seconds.
  case duration(Double)
  case text(String)
  /// A word that is bound to nothing and stands for itself: `landmarks`, `swav-wild`.
  case symbol(String)
  case list([Value])
  case range(ClosedRange<Int>)
  case record([Field])
  case dataset(NamedDataset)
  case runs([Run])
  case table(Table)
  case figure(ShownFigure)

  struct Field: Sendable {
    let name: String
    let value: Value
  }
}

extension Value {
  /// What it is, in a sentence: “a number”.
  var typeName: String {
    switch self {
    case .nothing: "nothing"
    case .boolean: "a truth value"
    case .integer: "a whole number"
    case .number: "a number"
    case .percent: "a percentage"
    case .duration: "a length of time"
    case .text: "a text"
    case .symbol: "a word"
    case .list: "a list"
    case .range: "a range"
    case .record: "a record"
    case .dataset: "a data set"
    case .runs(let runs): runs.count == 1 ? "a run" : "a list of runs"
    case .table: "a table"
    case .figure: "a figure"
    }
  }

  /// The value inside of a string or path; nil for what has no short text.
  var interpolated: String? {
    switch self {
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): formatted(value)
    case .percent(let value): formatted(value) + "%"
    case .duration(let seconds): DurationText.text(seconds)
    case .text(let text), .symbol(let text): text
    case .dataset(let dataset): dataset.name
    case .runs(let runs) where runs.count == 1: runs[0].name
    case .range(let range): "\(range.lowerBound)...\(range.upperBound)"
    default: nil
    }
  }

  /// The value with its type in a message: “the number 3”.
  var described: String {
    switch self {
    case .text(let text): "the text \"\(text)\""
    case .symbol(let text): "the word `\(text)`"
    case .integer, .number: "the number \(interpolated ?? "")"
    case .percent: "the percentage \(interpolated ?? "")"
    case .duration: "the length of time \(interpolated ?? "")"
    case .boolean: "`\(interpolated ?? "")`"
    default: typeName
    }
  }

  /// A whole number, a number; not a percentage.
  var numeric: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  var text: String? {
    switch self {
    case .text(let text), .symbol(let text): text
    default: nil
    }
  }

  /// The elements of a list, range or list of runs; a single value is a list of one.
  var elements: [Value] {
    switch self {
    case .list(let values): values
    case .range(let range): range.map { .integer($0) }
    case .runs(let runs): runs.map { .runs([$0]) }
    case .nothing: []
    default: [self]
    }
  }

  /// Whether it is shown by itself, not in a line of text.
  var isShownAlone: Bool {
    switch self {
    case .table, .figure, .dataset, .runs: true
    default: false
    }
  }

  /// Whether it stands for several values.
  var isPlural: Bool {
    switch self {
    case .list, .range: true
    case .runs(let runs): runs.count != 1
    default: false
    }
  }
}

/// A number as a person would write it: `0.1`, `20`, `1e-05`; at most six significant digits.
func formatted(_ value: Double) -> String {
  guard value.isFinite else { return value.isNaN ? "NaN" : value < 0 ? "-inf" : "inf" }
  if value == value.rounded(), abs(value) < 1e15 { return "\(Int(value))" }
  let magnitude = abs(value)
  if magnitude < 1e-4 || magnitude >= 1e15 { return "\(value)" }
  var scale = 1.0
  var digits = 0
  while magnitude * scale < 100_000, digits < 9 {
    scale *= 10
    digits += 1
  }
  return "\((value * scale).rounded() / scale)"
}
