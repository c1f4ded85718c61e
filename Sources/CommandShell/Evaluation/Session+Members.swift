import Experiments
import FaceData
import Notebooks
import Statistics

// What stands behind a value's dot: `run.metrics.loss.last`, `faces.count`, `table.columns`.
extension Session {
  /// The value of a word with dots whose first part is a variable; nil for any other word, and for
  /// one that is a path.
  func member(path: String, at place: SourceRange) throws -> Value? {
    guard !path.contains("/"), let dot = path.firstIndex(of: "."),
      let owner = scope[String(path[..<dot])]
    else { return nil }
    let rest = path[path.index(after: dot)...]
    let start = place.lower + path[...dot].utf8.count
    return try member(rest.split(separator: ".").map(String.init), of: owner) {
      $0.range = SourceRange(start, place.upper)
    }
  }

  /// Follows names from a value on. Names of metrics may hold dots themselves: the longest name
  /// that fits is taken.
  ///
  /// - Parameter locate: gives an error its place.
  func member(
    _ path: [String], of owner: Value, locate: (inout ShellError) -> Void
  ) throws -> Value {
    var (value, rest) = (owner, path[...])
    while !rest.isEmpty {
      let members = try members(of: value)
      let lengths = (1...rest.count).reversed()
      guard
        let length = lengths.first(where: { count in
          members.contains { $0.name == rest.prefix(count).joined(separator: ".") }
        }),
        let found = members.first(where: {
          $0.name == rest.prefix(length).joined(separator: ".")
        })
      else {
        var error = Self.unknownMember(rest.first ?? "", of: value, members.map(\.name))
        locate(&error)
        throw error
      }
      value = try found.value()
      rest = rest.dropFirst(length)
    }
    return value
  }

  /// A name and how to get what it stands for: metrics are only read when they are asked for.
  struct Member {
    let name: String
    let value: () throws -> Value

    init(_ name: String, _ value: @autoclosure @escaping () throws -> Value) {
      (self.name, self.value) = (name, value)
    }
  }

  /// Everything that can stand behind the value's dot.
  func members(of value: Value) throws -> [Member] {
    switch value {
    case .record(let fields): return fields.map { Member($0.name, $0.value) }
    case .list(let values): return Self.members(ofList: values)
    case .range(let range):
      return [
        Member("first", .integer(range.lowerBound)), Member("last", .integer(range.upperBound)),
        Member("count", .integer(range.count)),
      ]
    case .duration(let seconds): return [Member("seconds", .number(seconds))]
    case .dataset(let dataset): return members(of: dataset)
    case .table(let table): return Self.members(of: table.frame)
    case .runs(let runs) where runs.count == 1: return members(of: runs[0])
    case .runs(let runs): return Self.members(ofList: runs.map { .runs([$0]) })
    default: return []
    }
  }

  private static func members(ofList values: [Value]) -> [Member] {
    let ends =
      values.isEmpty
      ? [] : [Member("first", values[0]), Member("last", values[values.count - 1])]
    let numbers = values.compactMap(\.numeric)
    guard !numbers.isEmpty, numbers.count == values.count else {
      return ends + [Member("count", .integer(values.count))]
    }
    let sum = numbers.reduce(0, +)
    return ends + [
      Member("count", .integer(values.count)), Member("sum", .number(sum)),
      Member("mean", .number(sum / Double(numbers.count))),
      Member("minimum", .number(numbers.min() ?? .nan)),
      Member("maximum", .number(numbers.max() ?? .nan)),
    ]
  }

  private static func members(of frame: DataFrame) -> [Member] {
    [
      Member("count", .integer(frame.rows.count)),
      Member("columns", .list(frame.columns.map { .text($0) })),
    ]
      + frame.columns.map { column in
        Member(column, .list((frame.values(of: column) ?? []).map { Value($0) }))
      }
  }

  private func members(of dataset: NamedDataset) -> [Member] {
    [
      Member("name", .text(dataset.name)), Member("kind", .text(dataset.specification.kind)),
      Member("count", .integer(try self.open(dataset).count)),
      Member("identities", .integer(try self.open(dataset).identityNames.count)),
      Member("pairs", .integer(try self.open(dataset).pairs.count)),
      Member("unusable", .integer(try self.open(dataset).unusable.count)),
    ]
  }

  private func members(of run: Run) -> [Member] {
    [
      Member("name", .text(run.name)), Member("id", .text(run.id)),
      Member("kind", .text(run.kind.rawValue)), Member("method", .text(run.method)),
      Member("seed", .integer(run.seed)), Member("status", .text(run.status.rawValue)),
      Member("duration", .duration(run.durationSeconds)),
      Member("created", .text(Self.day(run.created))),
      Member("error", run.error.map { .text($0) } ?? .nothing),
      Member("options", Self.options(of: run)), Member("metrics", try self.curves(of: run)),
      Member("results", try self.results(of: run)),
    ]
  }

  private static func options(of run: Run) -> Value {
    .record(
      run.specification.options.sorted { $0.key < $1.key }.map { name, value in
        .init(name: name, value: Value(value))
      })
  }

  /// A list of values a curve, in the order of their steps.
  private func curves(of run: Run) throws -> Value {
    let rows = try store().query(
      """
      SELECT name, CASE special WHEN 'nan' THEN NULL ELSE value END FROM metrics
      WHERE run = ? AND superseded = 0 ORDER BY name, step
      """, [.text(run.id)]
    ).rows
    var fields: [(name: String, values: [Value])] = []
    for row in rows {
      let name = row[0].textValue ?? ""
      if fields.last?.name != name { fields.append((name, [])) }
      fields[fields.count - 1].values.append(.number(row[1].realValue ?? .nan))
    }
    return .record(fields.map { .init(name: $0.name, value: .list($0.values)) })
  }

  /// What the run measured on its test split: by the checkpoint that validation chose, else the
  /// last.
  private func results(of run: Run) throws -> Value {
    let rows = try store().query(
      """
      SELECT metric,
        CASE special WHEN 'inf' THEN 9e999 WHEN '-inf' THEN -9e999 ELSE value END
      FROM results JOIN runs ON runs.id = run_id
      WHERE uuid = ? AND split = 'test' AND selection IN ('validation-best', 'last')
      ORDER BY metric, selection DESC
      """, [.text(run.id)]
    ).rows
    var fields: [Value.Field] = []
    for row in rows where fields.last?.name != row[0].textValue {
      fields.append(
        .init(name: row[0].textValue ?? "", value: .number(row[1].realValue ?? .nan)))
    }
    return .record(fields)
  }

  private static func unknownMember(
    _ name: String, of value: Value, _ known: [String]
  ) -> ShellError {
    ShellError(
      .unknownMember, "\(value.typeName) has no member `\(name)`",
      suggestion: nearestName(to: name, among: known),
      notes: known.isEmpty ? [] : ["it has: " + known.joined(separator: ", ")])
  }
}

extension Value {
  init(_ value: SpecValue) {
    self =
      switch value {
      case .null: .nothing
      case .boolean(let value): .boolean(value)
      case .integer(let value): .integer(value)
      case .real(let value): .number(value)
      case .text(let text): Arithmetic.budget(text) ?? .text(text)
      case .list(let values): .list(values.map { Value($0) })
      case .record(let fields):
        .record(
          fields.sorted { $0.key < $1.key }.map { .init(name: $0.key, value: Value($0.value)) })
      }
  }
}
