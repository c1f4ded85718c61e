import Experiments
import FaceData
import Foundation
import Statistics

/// Data sets as tables and pages.
enum DatasetTables {
  /// The sets that the session has names for, and those of the store.
  static func overview(_ session: Session) throws -> DataFrame {
    var rows: [[Cell]] = []
    var seen: Set<String> = []
    for name in session.scope.names.sorted() {
      guard case .dataset(let dataset)? = session.scope[name], seen.insert(name).inserted
      else { continue }
      let open = try session.open(dataset)
      rows.append([
        .text(name), .text(dataset.specification.kind), .integer(open.count),
        dataset.isPart ? .missing : .integer(open.identityNames.count), .text("session"),
        .text(dataset.specification.summaryLine),
      ])
    }
    let stored = try session.storeIfAny()?.query(
      "SELECT name, specification, counts FROM datasets ORDER BY id DESC"
    ).rows
    for row in stored ?? [] {
      guard let name = row[0].textValue, seen.insert(name).inserted else { continue }
      rows.append(try self.row(name, row[1].textValue ?? "", row[2].textValue ?? ""))
    }
    return DataFrame(
      columns: ["name", "kind", "samples", "people", "known from", "what"], rows: rows)
  }

  private static func row(_ name: String, _ text: String, _ counts: String) throws -> [Cell] {
    let specification = try? CanonicalJSON.decode(DatasetSpecification.self, from: text)
    let counts = try? CanonicalJSON.decode([String: Int].self, from: counts)
    func count(_ name: String) -> Cell { counts?[name].map { .integer($0) } ?? .missing }
    return [
      .text(name), specification.map { .text($0.kind) } ?? .missing, count("samples"),
      count("identities"), .text("store"),
      .text(specification?.summaryLine ?? "a kind that this facet does not know"),
    ]
  }

  /// All that is known of a set without reading its pictures.
  static func page(_ named: NamedDataset, in session: Session) throws -> String {
    let dataset = try session.open(named)
    var lines = [
      named.summary(in: session), "kind         \(named.specification.kind)",
      "from         \(named.specification.summaryLine)", "samples      \(dataset.count)",
    ]
    if !dataset.unusable.isEmpty {
      lines.append("left out     \(dataset.unusable.count) (`data check` says why)")
    }
    if !dataset.identityNames.isEmpty, !named.isPart {
      lines.append("people       \(dataset.identityNames.count)")
    }
    if !dataset.pairs.isEmpty { lines.append("pairs        \(dataset.pairs.count)") }
    if dataset.count > 0 { lines += first(dataset) }
    let units = dataset.labelledUnits
    if !units.isEmpty {
      let numbers = Set(units.intensities + units.occurrences).sorted()
      lines.append("units        " + numbers.map { "AU\($0)" }.joined(separator: " "))
    }
    lines.append("fingerprint  \(dataset.fingerprint)")
    return lines.joined(separator: "\n")
  }

  private static func first(_ dataset: any FaceDataset) -> [String] {
    guard let sample = try? dataset.sample(at: 0) else {
      return ["first        \(dataset.id(at: 0)), which cannot be read (`data check` says why)"]
    }
    return [
      "first        \(sample.id), \(sample.image.width)×\(sample.image.height)",
      "its labels   \(labels(sample.labels))",
    ]
  }

  private static func labels(_ labels: FaceLabels) -> String {
    let known: [String?] = [
      labels.identity.map { _ in "identity" },
      labels.landmarks.map { "\($0.count) landmarks (\(labels.landmarkScheme.name))" },
      labels.actionUnits != nil || labels.unitIntensities != nil || labels.unitOccurrences != nil
        ? "action units" : nil,
      labels.emotion.map { _ in "emotion" }, labels.valence.map { _ in "valence and arousal" },
      labels.headPose.map { _ in "pose" }, labels.mesh.map { "mesh of \($0.count) vertices" },
      labels.frame.map { _ in "place in a video" }, labels.faceBox.map { _ in "box" },
    ]
    let words = known.compactMap { $0 }
    return words.isEmpty ? "none" : words.joined(separator: ", ")
  }
}
