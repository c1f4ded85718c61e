import FaceData
import Foundation
import Statistics

/// Verbs of `data` that divide a set or take a part of it.
enum DataSubsets {
  static let verbs: [CommandDefinition] = [
    CommandDefinition(
      "data split", .data, "divides a set into training, validation and test, no person in two",
      usage: "data split NAME, train: 70%, validation: 10%, test: 20%, as: faces",
      arguments: ["a data set"],
      labels: [
        .init("train", "share, 70% by default"), .init("validation", "share, 10% by default"),
        .init("test", "share, 20% by default"),
        .init("seed", "0 by default, which gives the parts that `adapt` uses"),
        .init("by", "people (by default), or makers: the parts that the set came with"),
        .init(
          "as", "the parts become AS-train, AS-validation and AS-test; the set's name by default"),
      ], effect: .names, run: split),
    CommandDefinition(
      "data subset", .data, "a part of a set; with one seed a smaller one lies in a larger one",
      usage: "let few = data subset NAME, keep: 10%, by: people, seed: 1",
      arguments: ["a data set"],
      labels: [
        .init("keep", "a share such as 10%, or a count; of people where these are chosen"),
        .init(
          "by", "samples (by default); people: whole people; identity or emotion: in proportion"),
        .init("seed", "of the choice, 1 by default"),
        .init("ids", "a text file with an id a line, or the CSV that `data ids` gives"),
        .init("as", "the part's name"),
      ], effect: .names, run: subset),
  ]

  // MARK: Split

  @Sendable private static func split(_ invocation: Invocation) throws -> Value {
    let expression = invocation.positional[0]
    let named = try invocation.dataset(expression)
    let session = invocation.session
    let dataset = try session.open(named)
    let prefix =
      try invocation.argument("as").map { try DataSources.newName($0, invocation) } ?? named.name
    let (parts, rule) = try invocation.reading(expression) {
      try Self.parts(dataset, invocation)
    }
    var rows: [[Cell]] = []
    for (part, indices) in parts where !indices.isEmpty {
      let subset = try invocation.reading(expression) {
        try DatasetSubset(
          of: named.specification, dataset, rule: "\(part.rawValue) of \(rule)", indices: indices)
      }
      let kept = NamedDataset(
        name: "\(prefix)-\(part.rawValue)", specification: .subset(subset))
      try session.keep(kept)
      let people = Set(try indices.compactMap { try dataset.labels(at: $0).identity })
      rows.append([
        .text(kept.name), .text(part.rawValue), .integer(indices.count),
        .integer(people.count),
      ])
    }
    // The whole set stays the one that a run takes by default.
    session.lastDataset = named
    return .table(Table(DataFrame(columns: ["name", "part", "samples", "people"], rows: rows)))
  }

  private static func parts(
    _ dataset: any FaceDataset, _ invocation: Invocation
  ) throws -> ([(DatasetPart, [Int])], rule: String) {
    let by = try invocation.argument("by").map {
      try invocation.keyword($0, for: "split", among: ["people", "makers"])
    }
    if by == "makers" {
      try invocation.checkLabels(["by", "as"], of: "data split, by: makers")
      var parts: [DatasetPart: [Int]] = [:]
      for index in 0..<dataset.count {
        if let part = dataset.part(at: index) { parts[part, default: []].append(index) }
      }
      guard !parts.isEmpty else {
        throw FaceDataError(.notEnoughData, "the set came without parts; split it by people")
      }
      return (DatasetPart.allCases.map { ($0, parts[$0] ?? []) }, "the makers' split")
    }
    var fractions = DatasetSplit.Fractions()
    fractions.train = try invocation.number("train") ?? fractions.train
    fractions.validation = try invocation.number("validation") ?? fractions.validation
    fractions.test = try invocation.number("test") ?? fractions.test
    let seed =
      try invocation.integer("seed", in: 0...Int(Int32.max)) ?? Int(DatasetSplit.protocolSeed)
    let split = try DatasetSplit(dataset: dataset, fractions: fractions, seed: UInt64(seed))
    let parts = [
      (DatasetPart.train, split.train), (.validation, split.validation), (.test, split.test),
    ]
    return (parts, "a split by people, seed \(seed)")
  }

  // MARK: Subset

  @Sendable private static func subset(_ invocation: Invocation) throws -> Value {
    let expression = invocation.positional[0]
    let named = try invocation.dataset(expression)
    let dataset = try invocation.session.open(named)
    if let file = invocation.argument("ids") {
      try invocation.checkLabels(["ids", "as"], of: "data subset, ids: …")
      let path = DataSources.absolute(try invocation.path(file))
      let indices = try invocation.reading(file) {
        try dataset.indices(ofIDs: SampleIDFile.read(path))
      }
      let name = URL(fileURLWithPath: path).lastPathComponent
      return try kept(indices, of: named, rule: "listed in \(name)", suffix: "listed", invocation)
    }
    guard let budget = try invocation.budget("keep") else {
      throw TableCommands.missing("keep", invocation)
    }
    let word = try invocation.argument("by").map {
      try invocation.keyword($0, for: "choice", among: SubsetChoice.allCases.map(\.rawValue))
    }
    let choice = word.flatMap(SubsetChoice.init(rawValue:)) ?? .samples
    let seed = try invocation.integer("seed", in: 0...Int(Int32.max)) ?? 1
    let indices = try invocation.reading(invocation.argument("keep")) {
      try choice.indices(of: dataset, budget: budget, seed: UInt64(seed))
    }
    let rule = "\(budget) by \(choice.rawValue), seed \(seed)"
    return try kept(indices, of: named, rule: rule, suffix: "\(budget)", invocation)
  }

  /// The chosen part, bound and kept in the store with its ids where it has a name.
  static func kept(
    _ indices: [Int], of named: NamedDataset, rule: String, suffix: String,
    _ invocation: Invocation
  ) throws -> Value {
    let session = invocation.session
    let subset = try invocation.reading(invocation.positional.first) {
      try DatasetSubset(
        of: named.specification, try session.open(named), rule: rule, indices: indices)
    }
    // Made here, so that `let` keeps the ids in it too.
    _ = try session.store()
    let name = try invocation.argument("as").map { try DataSources.newName($0, invocation) }
    let dataset = NamedDataset(
      name: name ?? "\(named.name)-\(suffix)", specification: .subset(subset))
    if name != nil { try session.keep(dataset) } else { session.lastDataset = dataset }
    return .dataset(dataset)
  }
}

/// Ids of samples in a file.
enum SampleIDFile {
  /// An id a line; or CSV with a column `sample` or `id`.
  ///
  /// - Throws: `ShellError` where the file cannot be read.
  static func read(_ path: String) throws -> [String] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw ShellError(.missingFile, "\(path) cannot be read as text")
    }
    let lines = text.split(whereSeparator: \.isNewline).map(String.init)
    guard let header = lines.first else { return [] }
    let columns = fields(header)
    guard let column = columns.firstIndex(where: { ["sample", "id"].contains($0) }) else {
      return lines
    }
    return lines.dropFirst().compactMap { line in
      let values = fields(line)
      return values.indices.contains(column) ? values[column] : nil
    }
  }

  /// The values of a CSV line; quotes as RFC 4180 has them.
  private static func fields(_ line: String) -> [String] {
    var (fields, field, isQuoted): ([String], String, Bool) = ([], "", false)
    for letter in line {
      switch letter {
      case "\"":
        if !isQuoted, !field.isEmpty { field.append("\"") }
        isQuoted.toggle()
      case "," where !isQuoted:
        fields.append(field)
        field = ""
      default: field.append(letter)
      }
    }
    return fields + [field]
  }
}
