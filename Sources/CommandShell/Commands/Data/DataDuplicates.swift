import Experiments
import FaceData
import Foundation
import Statistics

/// `data duplicates`: pictures that a set holds twice, or that another holds as well.
enum DataDuplicates {
  static let verb = CommandDefinition(
    "data duplicates", .data, "exact and near duplicates in a set, or of it in another; leaks",
    usage: "data duplicates TEST, in: PRETRAINING   or   data duplicates NAME, by: RUN",
    arguments: ["a data set"],
    labels: [
      .init("in", "another set: which of these pictures and people does it hold?"),
      .init("bits", "bits of 64 in which hashes may differ, 0 to 15; 8 by default"),
      .init("similarity", "least correlation of thumbnails, 0.98; of features 0.95 by default"),
      .init("mirrored", "false passes mirror images by"),
      .init("by", "a run whose features are compared instead"),
    ], run: duplicates)

  private static let columns = [
    "sample", "duplicate-of", "kind", "similarity", "bits", "labels", "leak",
  ]

  @Sendable private static func duplicates(_ invocation: Invocation) throws -> Value {
    let expression = invocation.positional[0]
    let named = try invocation.dataset(expression)
    let other = try invocation.argument("in").map { try invocation.dataset($0) }
    let run = try invocation.featureRun()
    return .table(
      try invocation.reading(expression) {
        guard let other else { return try within(named, run, invocation) }
        return try across(named, other, run, invocation)
      })
  }

  // MARK: One set

  private static func within(
    _ named: NamedDataset, _ run: Run?, _ invocation: Invocation
  ) throws -> Table {
    let session = invocation.session
    let dataset = try session.open(named)
    let parts = Parts(dataset)
    let found: [Duplicate]
    if let run {
      found = DuplicateSearch.duplicates(
        within: try session.features(of: named, by: run).centred(),
        similarity: try similarity(invocation) ?? 0.95, threads: session.workThreads,
        isLeak: parts.differ)
    } else {
      found = try search(invocation).duplicates(
        within: session.survey(named), isLeak: parts.differ)
    }
    let leaks = found.count { parts.differ($0.index, $0.original) }
    let rows = found.map { row($0, dataset, dataset, leak: parts.leak($0)) }
    session.emit(
      .note(
        "\(named.name): \(found.count) of \(dataset.count) samples repeat an earlier one"
          + kinds(found) + conflicts(rows)
          + (leaks > 0
            ? " · \(leaks) lie in different parts of \(parts.name): a test on it is no fair one"
            : "")))
    return Table(DataFrame(columns: columns, rows: rows), runs: run.map { [$0.id] } ?? [])
  }

  // MARK: Two sets

  private static func across(
    _ named: NamedDataset, _ other: NamedDataset, _ run: Run?, _ invocation: Invocation
  ) throws -> Table {
    let session = invocation.session
    let (dataset, pool) = (try session.open(named), try session.open(other))
    let found: [Duplicate]
    if let run {
      // One mean for both, or the same picture would not have the same features.
      let features = try session.features(of: other, by: run)
      found = DuplicateSearch.duplicates(
        of: try session.features(of: named, by: run).centred(on: features.mean),
        in: try features.centred(), similarity: try similarity(invocation) ?? 0.95,
        threads: session.workThreads)
    } else {
      found = try search(invocation).duplicates(
        of: session.survey(named), in: session.survey(other))
    }
    let people = SharedPeople(
      dataset, pool, isOneNaming: named.specification.whole == other.specification.whole)
    let rows = found.map { row($0, dataset, pool, leak: "picture") }
    session.emit(
      .note(
        "\(found.count) of \(dataset.count) pictures of \(named.name) are in \(other.name) too"
          + kinds(found) + conflicts(rows) + people.sentence(named.name, other.name)))
    return Table(
      DataFrame(columns: columns, rows: rows + people.rows), runs: run.map { [$0.id] } ?? [])
  }

  // MARK: Parts

  private static func search(_ invocation: Invocation) throws -> DuplicateSearch {
    var settings = DuplicateSettings()
    settings.bits = try invocation.integer("bits", in: 0...15) ?? settings.bits
    settings.correlation = try similarity(invocation) ?? settings.correlation
    settings.findsMirrored = try invocation.flag("mirrored") ?? settings.findsMirrored
    return try DuplicateSearch(settings)
  }

  private static func similarity(_ invocation: Invocation) throws -> Float? {
    guard let value = try invocation.number("similarity") else { return nil }
    guard (0...1).contains(value) else {
      throw ShellError(
        .outOfRange, "`similarity:` is \(formatted(value))",
        at: invocation.argument("similarity")?.range, expected: "0 to 1")
    }
    return Float(value)
  }

  /// ` (3 exact, 5 near)`.
  private static func kinds(_ found: [Duplicate]) -> String {
    let words = Duplicate.Kind.allCases.compactMap { kind in
      let count = found.count { $0.kind == kind }
      return count > 0 ? "\(count) \(kind.rawValue)" : nil
    }
    return words.isEmpty ? "" : " (" + words.joined(separator: ", ") + ")"
  }

  private static func row(
    _ match: Duplicate, _ dataset: any FaceDataset, _ pool: any FaceDataset, leak: String?
  ) -> [Cell] {
    [
      .text(dataset.id(at: match.index)), .text(pool.id(at: match.original)),
      .text(match.kind.rawValue), .number((Double(match.similarity) * 1e4).rounded() / 1e4),
      match.bits.map { .integer($0) } ?? .missing,
      conflict(match, dataset, pool).map { .text($0) } ?? .missing,
      leak.map { .text($0) } ?? .missing,
    ]
  }

  /// Which labels of two copies differ: one of the two is wrong.
  private static func conflict(
    _ match: Duplicate, _ dataset: any FaceDataset, _ pool: any FaceDataset
  ) -> String? {
    guard let a = try? dataset.labels(at: match.index),
      let b = try? pool.labels(at: match.original)
    else { return nil }
    var words: [String] = []
    if let x = name(a.identity, dataset), let y = name(b.identity, pool),
      SharedPeople.key(x) != SharedPeople.key(y)
    {
      words.append("person")
    }
    if let x = a.emotion, let y = b.emotion, x != y { words.append("emotion") }
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }

  private static func name(_ identity: Int?, _ dataset: any FaceDataset) -> String? {
    let names = dataset.identityNames
    return identity.flatMap { names.indices.contains($0) ? names[$0] : nil }
  }

  /// ` · 3 have other labels: one of each pair is wrong`.
  private static func conflicts(_ rows: [[Cell]]) -> String {
    let count = rows.count { $0[5] != .missing }
    return count > 0 ? " · \(count) have other labels: one of the two is wrong" : ""
  }
}

/// The parts of a set that must share no picture: the makers', or those that `adapt` makes.
private struct Parts {
  let name: String
  private let parts: [DatasetPart?]

  init(_ dataset: any FaceDataset) {
    let own = (0..<dataset.count).map { dataset.part(at: $0) }
    guard Set(own.compactMap { $0 }).count < 2 else {
      (name, parts) = ("the makers' split", own)
      return
    }
    name = "the split that `adapt` makes"
    var parts = [DatasetPart?](repeating: nil, count: dataset.count)
    if let split = try? DatasetSplit(dataset: dataset, seed: DatasetSplit.protocolSeed) {
      for index in split.train { parts[index] = .train }
      for index in split.validation { parts[index] = .validation }
      for index in split.test { parts[index] = .test }
    }
    self.parts = parts
  }

  func differ(_ first: Int, _ second: Int) -> Bool {
    guard let a = parts[first], let b = parts[second] else { return false }
    return a != b
  }

  /// `train–test`.
  func leak(_ match: Duplicate) -> String? {
    guard differ(match.index, match.original), let a = parts[match.index],
      let b = parts[match.original]
    else { return nil }
    let order = DatasetPart.allCases
    let pair = [a, b].sorted {
      (order.firstIndex(of: $0) ?? 0) < (order.firstIndex(of: $1) ?? 0)
    }
    return pair.map(\.rawValue).joined(separator: "–")
  }
}

/// People whom two sets have by name, however the names are spelt.
private struct SharedPeople {
  private let pairs: [(name: String, other: String)]

  /// - Parameters: isOneNaming: whether both are parts of one set. Else names that are hardly more
  ///   than a number say nothing: every set has its own person 12.
  init(_ dataset: any FaceDataset, _ pool: any FaceDataset, isOneNaming: Bool) {
    func people(_ dataset: any FaceDataset) -> [String] {
      Self.people(dataset).filter { isOneNaming || $0.count(where: \.isLetter) > 3 }
    }
    let known = Dictionary(people(pool).map { (Self.key($0), $0) }) { first, _ in first }
    pairs = people(dataset).sorted().compactMap { name in
      known[Self.key(name)].map { (name, $0) }
    }
  }

  /// Names of the people who have samples.
  private static func people(_ dataset: any FaceDataset) -> Set<String> {
    let names = dataset.identityNames
    let used = Set((0..<dataset.count).compactMap { try? dataset.labels(at: $0).identity })
    return Set(used.compactMap { names.indices.contains($0) ? names[$0] : nil })
  }

  static func key(_ name: String) -> String {
    name.lowercased().filter { $0.isLetter || $0.isNumber }
  }

  func sentence(_ name: String, _ other: String) -> String {
    pairs.isEmpty ? "" : " · \(pairs.count) people of \(name) are in \(other) by name"
  }

  var rows: [[Cell]] {
    pairs.map {
      [
        .text($0.name), .text($0.other), .text("person"), .missing, .missing, .missing,
        .text("person"),
      ]
    }
  }
}
