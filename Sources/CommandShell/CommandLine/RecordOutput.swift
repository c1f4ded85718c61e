import Experiments
import Foundation
import Reporting

/// Writes what cells show for other programs: JSON, a value a line, or CSV.
///
/// A table is a list of records in JSON, its columns in order, a mean ± deviation as `mean`, `sd` and
/// `n`; text is a string; a figure says what it is and where it was saved. In CSV tables follow each
/// other, parted by an empty line, and text is its lines. What is said by the way (which run was used
/// again) goes to `remark`.
struct RecordOutput {
  let format: CommandLineOptions.Format
  let write: (String) -> Void
  let remark: (String) -> Void

  func attach(to session: Session) { session.onOutput = { show($0) } }

  func show(_ output: Session.Output) {
    switch (output, format) {
    case (.note(let text), _): remark(text + "\n")
    case (.text(let text), .csv): write(text + "\n")
    case (.text(let text), _): write(JSONText.quoted(text) + "\n")
    case (.table(let table), .csv):
      write(table.csv.replacing("\r\n", with: "\n") + "\n")
    case (.table(let table), _): write(JSONText.records(table.table) + "\n")
    case (.figure(let figure), .csv): remark(figure.summary + "\n")
    case (.figure(let figure), _):
      let paths = figure.savedPaths.map(JSONText.quoted).joined(separator: ",")
      write("{\"figure\":\(JSONText.quoted(figure.summary)),\"saved\":[\(paths)]}\n")
    }
  }
}

/// JSON whose records keep the order of their fields, which `JSONEncoder` does not.
enum JSONText {
  static func records(_ table: ReportTable) -> String {
    var names: [String] = []
    for column in table.columns {
      let repeats = names.count { $0 == column.title }
      names.append(repeats == 0 ? column.title : "\(column.title)_\(repeats + 1)")
    }
    let keys = names.map { quoted($0) + ":" }
    let rows = table.rows.map { row in
      let group = row.group.map { ["\"group\":" + quoted($0)] } ?? []
      let fields = zip(keys, row.cells).map { $0 + value($1.value) }
      return "{" + (group + fields).joined(separator: ",") + "}"
    }
    return "[" + rows.joined(separator: ",") + "]"
  }

  private static func value(_ value: ReportTable.Value) -> String {
    switch value {
    case .missing: "null"
    case .text(let text): quoted(text)
    case .integer(let number): "\(number)"
    case .number(let number): self.number(number)
    case .measurement(let mean, let deviation, let count):
      "{\"mean\":\(number(mean)),\"sd\":\(deviation.map(number) ?? "null"),\"n\":\(count)}"
    case .interval(let mean, let lower, let upper, let count):
      "{\"mean\":\(number(mean)),\"low\":\(number(lower)),\"high\":\(number(upper)),"
        + "\"n\":\(count)}"
    }
  }

  /// JSON has no NaN and no infinity: they are strings.
  private static func number(_ value: Double) -> String {
    value.isFinite ? "\(value)" : quoted(formatted(value))
  }

  static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F {
          result += String(format: "\\u%04x", scalar.value)
        } else {
          result.unicodeScalars.append(scalar)
        }
      }
    }
    return result + "\""
  }
}
