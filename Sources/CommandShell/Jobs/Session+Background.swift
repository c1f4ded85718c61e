import Experiments
import Foundation

extension Session {
  /// Runs a statement in a process of its own, which outlives the session: its runs are in the
  /// store like all others.
  func startInBackground(_ pipeline: Pipeline, text: String) throws {
    let store = try store()
    let statement = Statement(kind: .pipeline(pipeline), range: pipeline.range)
    let cell = try (prelude(for: [statement].words) + [text]).joined(separator: "\n")
    let stamp = Int(Date().timeIntervalSince1970 * 1000)
    let log = store.folder.appendingPathComponent("runs/background-\(stamp).log")
    let process = try runner.start(cell: cell, storePath: settings.storePath, log: log)
    emit(.note("started as process \(process) · `jobs` lists its runs · log \(log.path)"))
  }

  /// Definitions that make the words mean there what they mean here: of the functions and
  /// variables that are used, and of those that these use.
  private func prelude(for words: Set<String>) throws -> [String] {
    var (waiting, known) = (words, Set<String>())
    var (variables, definitions): ([String], [String]) = ([], [])
    while let word = waiting.popFirst() {
      guard known.insert(word).inserted else { continue }
      if let function = functions[word] {
        definitions.append(function.text)
        waiting.formUnion(function.words)
      } else if let value = scope[word] {
        if let line = try definition(of: word, value) { variables.append(line) }
      }
    }
    return variables.sorted() + definitions.sorted()
  }

  /// `let name = value`; nil for a data set, which the store knows by its name.
  private func definition(of name: String, _ value: Value) throws -> String? {
    if case .dataset(let dataset) = value {
      try register(dataset, fingerprint: fingerprint(of: dataset))
      return dataset.name == name ? nil : "let \(name) = \"\(dataset.name)\""
    }
    guard let text = value.sourceText else {
      throw ShellError(
        .wrongType, "`\(name)` is \(value.typeName), which the background cannot be given",
        notes: ["make it in the background statement itself: `… | save x.csv &`"])
    }
    return "let \(name) = \(text)"
  }
}

extension Value {
  /// The expression that gives the value again; nil for tables, figures and the like.
  var sourceText: String? {
    switch self {
    case .boolean, .integer, .number, .percent, .duration: return interpolated
    case .range(let range): return "\(range.lowerBound)...\(range.upperBound)"
    case .text(let text), .symbol(let text): return Self.quoted(text)
    case .runs(let runs) where runs.count == 1: return Self.quoted(runs[0].id)
    case .dataset(let dataset): return Self.quoted(dataset.name)
    case .list(let values): return Self.joined(values.map(\.sourceText))
    case .record(let fields):
      return Self.joined(
        fields.map { field in field.value.sourceText.map { "\(field.name): \($0)" } })
    default: return nil
    }
  }

  private static func joined(_ parts: [String?]) -> String? {
    let known = parts.compactMap(\.self)
    return known.count == parts.count ? "[" + known.joined(separator: ", ") + "]" : nil
  }

  private static func quoted(_ text: String) -> String {
    let escapes: [Character: String] = ["\\": "\\\\", "\"": "\\\"", "\n": "\\n", "\t": "\\t"]
    return "\"" + text.map { escapes[$0] ?? String($0) }.joined() + "\""
  }
}
