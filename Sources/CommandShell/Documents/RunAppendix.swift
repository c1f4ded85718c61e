import Experiments
import FaceData
import Reporting

/// A report's last section: the runs behind its tables and figures. Those that differ in their seeds
/// alone share a row.
struct RunAppendix {
  /// The tables and figures that show a run, by its id.
  private let places: [RunID: [String]]
  /// The runs of each row.
  private let rows: [[Run]]

  init(runs: [Run], places: [RunID: [String]]) {
    self.places = places
    var (rows, positions): ([[Run]], [[String]: Int]) = ([], [:])
    for run in runs {
      let shared =
        [run.dataFingerprint, run.provenance.commit ?? "", Self.specification(of: run)]
        + run.parents + places[run.id, default: []]
      if let position = positions[shared] {
        rows[position].append(run)
      } else {
        positions[shared] = rows.count
        rows.append([run])
      }
    }
    self.rows = rows
  }

  /// The anchor of the row that each run is in.
  var anchors: [RunID: String] {
    Dictionary(
      rows.flatMap { row in row.map { ($0.id, row[0].id) } },
      uniquingKeysWith: { first, _ in first })
  }

  var blocks: [Block] {
    guard !rows.isEmpty else { return [] }
    let columns = ["run", "name", "seed", "specification", "commit", "duration", "in"].map {
      ReportTable.Column($0, alignment: .left)
    }
    return [
      .heading(level: 1, [.text("Runs")], id: nil, isNumbered: false),
      .paragraph([.text("The runs behind the tables and figures, as the store names them.")]),
      .table(ReportTable(columns: columns, rows: rows.map(row)), caption: [], label: nil),
    ]
  }

  private func row(_ runs: [Run]) -> ReportTable.Row {
    let run = runs[0]
    let texts = [
      runs.map { String($0.id.prefix(8)) }.joined(separator: ", "), Self.name(of: runs),
      runs.map { "\($0.seed)" }.joined(separator: ", "), Self.specification(of: run),
      run.provenance.commit.map { String($0.prefix(8)) } ?? "–", Self.duration(of: runs),
      places[run.id, default: []].joined(separator: ", "),
    ]
    return ReportTable.Row(texts.map { ReportTable.Cell(.text($0)) }, anchor: run.id)
  }

  /// What the names have in common before `/s1` and the like, or all names.
  private static func name(of runs: [Run]) -> String {
    guard runs.count > 1 else { return runs[0].name }
    let stems = runs.map { run in
      let seed = "/s\(run.seed)"
      return run.name.hasSuffix(seed) ? String(run.name.dropLast(seed.count)) : run.name
    }
    return stems.allSatisfy { $0 == stems[0] } ? stems[0] : runs.map(\.name).joined(separator: ", ")
  }

  private static func duration(of runs: [Run]) -> String {
    let seconds = runs.map(\.durationSeconds).sorted()
    let ends = [seconds[0], seconds[seconds.count - 1]].map(Session.duration)
    return ends[0] == ends[1] ? ends[0] : ends.joined(separator: " – ")
  }

  /// `adapt landmarks on wild, from 3de6d59c, labels 10%`: what was asked for, defaults left out.
  private static func specification(of run: Run) -> String {
    let defaults = Dictionary(
      (MethodCatalog.method(run.kind, run.method)?.options ?? []).map {
        ($0.name, $0.defaultValue.shown)
      }, uniquingKeysWith: { first, _ in first })
    let options = run.specification.options.sorted { $0.key < $1.key }
      .map { (name: $0.key, value: $0.value.shown) }
      .filter { defaults[$0.name] != $0.value }.map { "\($0.name) \($0.value)" }
    let data = (try? CanonicalJSON.encode(run.specification.data)).flatMap {
      try? CanonicalJSON.decode(DatasetSpecification.self, from: $0)
    }
    let job = "\(run.kind.rawValue) \(run.method)" + (data.map { " on \($0.name)" } ?? "")
    let parents = run.parents.map { "from \($0.prefix(8))" }
    return ([job] + parents + options).joined(separator: ", ")
  }
}
