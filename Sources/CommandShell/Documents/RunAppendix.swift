import Experiments
import FaceData
import Reporting

/// A report's last section: the runs behind its tables and figures.
struct RunAppendix {
  let runs: [Run]
  /// The tables and figures that show a run, by its id.
  let places: [RunID: [String]]

  var blocks: [Block] {
    let columns = ["run", "name", "seed", "specification", "commit", "duration", "in"].map {
      ReportTable.Column($0, alignment: .left)
    }
    return [
      .heading(level: 1, [.text("Runs")], id: nil, isNumbered: false),
      .paragraph([.text("The runs behind the tables and figures, as the store names them.")]),
      .table(ReportTable(columns: columns, rows: runs.map(row)), caption: [], label: nil),
    ]
  }

  private func row(_ run: Run) -> ReportTable.Row {
    let commit = run.provenance.commit.map { String($0.prefix(8)) }
    let texts = [
      String(run.id.prefix(8)), run.name, "\(run.seed)", Self.specification(of: run),
      commit ?? "–", Session.duration(run.durationSeconds),
      places[run.id, default: []].joined(separator: ", "),
    ]
    return ReportTable.Row(texts.map { ReportTable.Cell(.text($0)) }, anchor: run.id)
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
