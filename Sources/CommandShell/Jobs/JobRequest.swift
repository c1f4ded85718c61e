import Experiments

/// What a command asks for, before defaults are filled in.
struct JobRequest {
  var kind: RunSpecification.Kind
  var method: MethodDefinition
  /// Options as given, checked.
  var options: [String: SpecValue] = [:]
  var dataset: NamedDataset
  var parent: Run?
  /// A run that options of the architecture are taken from where there is no parent: in a sweep,
  /// training from scratch has the architecture of the runs beside it.
  var model: Run?
  /// Another set, which is tested on as a whole.
  var test: Test?
  var seed = 1
  /// What `as:` says.
  var name: String?
  /// From 1, where a sweep draws its options.
  var trial: Int?
  var isFresh = false
  /// Whether it is carried out here, not only entered into the store.
  var isStarted = true

  struct Test {
    let set: NamedDataset
    let fingerprint: String
  }
}

extension JobRequest {
  /// Options that a run shares with the one it starts from.
  static let architecture = ["backbone", "width", "size", "stem", "patch", "pooling"]

  /// The full specification: defaults filled in, architecture taken from the parent.
  ///
  /// - Throws: `.mismatch` where an option contradicts the parent.
  func specification() throws -> RunSpecification {
    var all: [String: SpecValue] = [:]
    for option in method.options { all[option.name] = option.defaultValue }
    if let source = parent ?? model {
      for name in Self.architecture where all[name] != nil {
        guard let inherited = source.specification.options[name] else { continue }
        // Weights from elsewhere fit pictures of any size.
        let isFree = name == "size" && source.kind == .importing
        if parent != nil, !isFree, let given = options[name], given != inherited {
          throw ShellError(
            .mismatch,
            "\(name) is \(given.shown), but \(source.name) was trained with \(inherited.shown)",
            notes: ["leave `\(name):` out to take it from \(source.name)"])
        }
        all[name] = inherited
      }
    }
    all.merge(options) { _, given in given }
    return RunSpecification(
      kind: kind, method: method.name, data: try dataset.specValue(), options: all, seed: seed,
      initialization: parent?.cacheKey,
      test: try test.map { .init(data: try $0.set.specValue(), fingerprint: $0.fingerprint) })
  }

  /// The name of the run: what was given, else made of what tells runs of a sweep apart:
  /// `landmarks/swav-wild/10%/s1`.
  func runName(_ specification: RunSpecification) -> String {
    if let name { return name }
    var parts = [method.name]
    switch kind {
    case .pretrain:
      parts.append(dataset.name)
      if let parent { parts.append(parent.name) }
    case .adapt:
      parts.append(parent?.name ?? "scratch")
      parts.append(specification.options["labels"]?.shown ?? "100%")
      if let name = specification.options["protocol"]?.textValue, name != defaultText("protocol") {
        parts.append(name)
      }
      if let folds = specification.options["folds"]?.textValue, folds != "none" {
        parts.append("\(folds)-" + (specification.options["fold"]?.shown ?? ""))
      }
      if let test { parts.append(test.set.name) }
    case .evaluate:
      parts.append(parent?.name ?? "scratch")
      parts.append(dataset.name)
    case .predict: parts = ["predict", parent?.name ?? "", dataset.name]
    case .importing: break
    }
    if let trial { parts.append("t\(trial)") }
    return (parts + ["s\(seed)"]).joined(separator: "/")
  }

  private func defaultText(_ option: String) -> String? {
    method.options.first { $0.name == option }?.defaultValue.textValue
  }
}

extension SpecValue {
  /// The value as a person would write it.
  var shown: String {
    switch self {
    case .null: "nothing"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .real(let value): formatted(value)
    case .text(let value): value
    case .list(let values): "[" + values.map(\.shown).joined(separator: ", ") + "]"
    case .record: "a record"
    }
  }
}
