import Experiments
import Foundation

/// What a person needs to know of exported weights, as Markdown: what they are, where they come
/// from, how they were measured and how they are loaded.
struct ModelCard {
  let text: String

  /// - Parameter file: the weights' file, for the lines that load it.
  init(_ run: Run, store: Store, file: String) throws {
    let name = URL(fileURLWithPath: file).lastPathComponent
    let options = run.specification.options
    func option(_ name: String) -> String { options[name]?.shown ?? "–" }
    let method = MethodCatalog.method(run.kind, run.method)
    let backbone = option("backbone")
    var lines = [
      "---", "library_name: pytorch", "tags: [face, \(backbone), \(run.method)]", "---", "",
      "# \(run.name)", "",
      "A \(backbone) backbone without classifier, made by facet"
        + " (`\(run.kind.rawValue) \(run.method)`): \(method?.summary ?? run.method).", "",
      "- Input: RGB, \(option("size")) × \(option("size")) px, values 0…1 less"
        + " (0.485, 0.456, 0.406), divided by (0.229, 0.224, 0.225).",
      "- Shape: " + Self.shape(options) + ".",
      "- Data: \(try Self.data(run, store)), fingerprint `\(run.dataFingerprint.prefix(16))`.",
      "- Run: `\(run.id)`, cache key `\(run.cacheKey.prefix(16))`, seed \(run.seed)"
        + (run.provenance.commit.map { ", commit `\($0.prefix(12))`" } ?? "") + ".",
      "- Licence: weights are under what the data's terms allow; the data are not part of them.",
    ]
    lines += ["", "## Loading", "", "```python"] + Self.loading(options, name) + ["```"]
    lines +=
      ["", "## Training", ""]
      + Self.table(
        ["option", "value"], options.sorted { $0.key < $1.key }.map { [$0.key, $0.value.shown] })
    let results = try Self.results(run, store)
    if !results.isEmpty {
      lines +=
        ["", "## Measured", ""]
        + Self.table(["run", "data", "protocol", "metric", "selection", "value", "n"], results)
    }
    text = lines.joined(separator: "\n") + "\n"
  }

  private static func shape(_ options: [String: SpecValue]) -> String {
    func option(_ name: String) -> String { options[name]?.shown ?? "–" }
    return option("backbone").hasPrefix("vit")
      ? "patches of \(option("patch")) px"
      : "width \(option("width")), \(option("stem")) stem"
  }

  private static func data(_ run: Run, _ store: Store) throws -> String {
    if run.kind == .importing, case .record(let fields) = run.specification.data {
      let path = fields["path"]?.textValue ?? ""
      return "the file \(URL(fileURLWithPath: path).lastPathComponent)"
    }
    let rows = try store.query(
      "SELECT name FROM datasets WHERE fingerprint = ? ORDER BY id DESC LIMIT 1",
      [.text(run.dataFingerprint)]
    ).rows
    return rows.first?.first?.textValue ?? "unnamed"
  }

  private static func loading(_ options: [String: SpecValue], _ file: String) -> [String] {
    let backbone = options["backbone"]?.textValue ?? ""
    let read = "from safetensors.torch import load_file"
    let patch = options["patch"]?.integerValue ?? 16
    let size = options["size"]?.integerValue ?? 224
    let averaged = options["pooling"]?.textValue == "mean"
    let names = ["vit-ti": "tiny", "vit-s": "small", "vit-b": "base"]
    if let name = names[backbone] {
      return [
        "import timm", read,
        "model = timm.create_model(\"vit_\(name)_patch16_224\", num_classes=0, img_size=\(size),"
          + " patch_size=\(patch)\(averaged ? ", global_pool='avg', fc_norm=False" : ""))",
        "model.load_state_dict(load_file(\"\(file)\"))",
      ]
    }
    let isStandard =
      options["width"]?.integerValue == 64 && options["stem"]?.textValue == "standard"
    return [
      "import torch, torchvision", read,
      isStandard
        ? "model = torchvision.models.\(backbone)()"
        : "model = …  # torchvision's \(backbone) with another width or stem",
      "model.fc = torch.nn.Identity()", "model.load_state_dict(load_file(\"\(file)\"))",
    ]
  }

  /// Results of the run and of those that started from it.
  private static func results(_ run: Run, _ store: Store) throws -> [[String]] {
    try store.query(
      """
      SELECT runs.name, dataset, protocol, metric, selection, printf('%.4g', value), n
      FROM results JOIN runs ON runs.id = run_id
      WHERE runs.uuid = ?1 OR run_id IN (SELECT run_parents.run_id FROM run_parents
        JOIN runs AS parents ON parents.id = parent_id WHERE parents.uuid = ?1)
      ORDER BY runs.id, metric, selection LIMIT 200
      """, [.text(run.id)]
    ).rows.map { row in
      row.map { $0.textValue ?? $0.integerValue.map { "\($0)" } ?? "–" }
    }
  }

  private static func table(_ heads: [String], _ rows: [[String]]) -> [String] {
    ([heads, heads.map { _ in "---" }] + rows).map { "| " + $0.joined(separator: " | ") + " |" }
  }
}
