import Experiments
import FaceData
import Foundation
import Notebooks

/// A data set under the name that the session gave it. It is opened when something first needs
/// its samples.
struct NamedDataset: Sendable, Hashable {
  var name: String
  let specification: DatasetSpecification

  /// Whether it is a chosen part of another set.
  var isPart: Bool { if case .subset = specification { true } else { false } }

  /// The specification as a run's.
  func specValue() throws -> SpecValue {
    try CanonicalJSON.decode(SpecValue.self, from: CanonicalJSON.encode(specification))
  }

  /// The same set under the name that `let` gives it.
  func named(_ name: String, in session: Session) throws -> NamedDataset {
    let dataset = NamedDataset(name: name, specification: specification)
    if try session.storeIfAny() != nil {
      try session.register(dataset, fingerprint: session.fingerprint(of: dataset))
    }
    return dataset
  }

  /// `wild · 20,000 faces · …`
  func summary(in session: Session) -> String {
    let line =
      if case .synthetic = specification {
        specification.summaryLine
      } else {
        (try? session.open(self)).map { specification.summaryLine(of: $0) }
          ?? specification.summaryLine
      }
    return name == specification.name ? line : "\(name): \(line)"
  }
}

extension Session {
  /// The opened set. A synthetic one renders a face when it is asked for.
  func open(_ dataset: NamedDataset) throws -> any FaceDataset {
    if let open = openDatasets[dataset.specification] { return open }
    let open = try dataset.specification.open(cacheFolder: nil, threads: 1)
    openDatasets[dataset.specification] = open
    return open
  }

  func fingerprint(of dataset: NamedDataset) throws -> String { try open(dataset).fingerprint }

  /// Notes the set in the store, once a session.
  func register(_ dataset: NamedDataset, fingerprint: String) throws {
    guard plan == nil, !registeredDatasets.contains(dataset) else { return }
    let open = try open(dataset)
    var counts = ["samples": open.count]
    // A part has the names of the whole set: who of them has samples would have to be looked up.
    if !dataset.isPart { counts["identities"] = open.identityNames.count }
    if !open.pairs.isEmpty { counts["pairs"] = open.pairs.count }
    if !open.unusable.isEmpty { counts["unusable"] = open.unusable.count }
    let samples = dataset.isPart ? (0..<open.count).map { open.id(at: $0) } : []
    try store().registerDataset(
      name: dataset.name, specification: try dataset.specValue(), fingerprint: fingerprint,
      counts: counts, samples: samples)
    registeredDatasets.insert(dataset)
  }

  /// Says what a reader left out, and why.
  func emitUnusable(of dataset: NamedDataset) {
    if case .synthetic = dataset.specification { return }
    guard let unusable = try? open(dataset).unusable, !unusable.isEmpty else { return }
    var lines = unusable.prefix(3).map { "  left out: \($0.path): \($0.reason)" }
    if unusable.count > 3 { lines.append("  … and \(unusable.count - 3) more") }
    emit(.note(lines.joined(separator: "\n")))
  }

  /// A data set from a variable's value, or by the name it has in the store.
  func dataset(_ value: Value, at place: SourceRange) throws -> NamedDataset {
    if case .dataset(let dataset) = value { return dataset }
    guard let name = value.text else {
      throw ShellError(
        .wrongType, "a data set is needed, not \(value.described)", at: place,
        expected: "a data set")
    }
    if let dataset = try storedDataset(name) { return dataset }
    let bound = scope.names.filter { if case .dataset = scope[$0] { true } else { false } }
    let stored = try storeIfAny()?.query("SELECT DISTINCT name FROM datasets").rows ?? []
    throw ShellError(
      .unknownDataset, "there is no data set `\(name)`", at: place,
      suggestion: nearestName(
        to: name, among: Array(bound) + stored.compactMap { $0.first?.textValue }),
      notes: ["define one: let \(name) = synthetic wild, identities: 400, images: 20_000"])
  }

  private func storedDataset(_ name: String) throws -> NamedDataset? {
    let rows = try storeIfAny()?.query(
      "SELECT specification FROM datasets WHERE name = ? ORDER BY id DESC LIMIT 1", [.text(name)]
    ).rows
    guard let text = rows?.first?.first?.textValue else { return nil }
    let specification = try CanonicalJSON.decode(DatasetSpecification.self, from: text)
    return NamedDataset(name: name, specification: specification)
  }

  /// The data set of a run, under the name that the store has for it.
  func dataset(of run: Run) throws -> NamedDataset {
    let specification = try CanonicalJSON.decode(
      DatasetSpecification.self, from: CanonicalJSON.encode(run.specification.data))
    let rows = try store().query(
      "SELECT name FROM datasets WHERE fingerprint = ? ORDER BY id DESC LIMIT 1",
      [.text(run.dataFingerprint)]
    ).rows
    return NamedDataset(
      name: rows.first?.first?.textValue ?? specification.name, specification: specification)
  }
}
