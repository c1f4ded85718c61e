/// One option of a method: what the shell checks, `help` prints and the engine reads.
public struct OptionDefinition: Sendable, Hashable {
  public enum Kind: Sendable, Hashable {
    case integer(ClosedRange<Int>)
    case real(ClosedRange<Double>)
    case boolean
    case text
    case choice([String])
    /// A share (`10%`) or a count (`60`) of labelled samples; stored as text or integer.
    case labelBudget
  }

  public let name: String
  public let kind: Kind
  public let defaultValue: SpecValue
  public let unit: String?
  public let help: String
  /// Where the default comes from.
  public let source: String
  /// Whether a run with another value measures something else: what does not, such as the number
  /// of threads, is no part of its cache key.
  public let changesOutcome: Bool

  public init(
    _ name: String, _ kind: Kind, _ defaultValue: SpecValue, unit: String? = nil, _ help: String,
    source: String = "facet", changesOutcome: Bool = true
  ) {
    (self.name, self.kind, self.defaultValue) = (name, kind, defaultValue)
    (self.unit, self.help, self.source) = (unit, help, source)
    self.changesOutcome = changesOutcome
  }
}

/// One thing that the engine can carry out.
public struct MethodDefinition: Sendable, Hashable {
  public let kind: RunSpecification.Kind
  public let name: String
  public let summary: String
  public let options: [OptionDefinition]
  /// The metric that stands for a task in short tables, with its protocol or up to it
  /// (`accuracy[`).
  public let headline: String?

  public init(
    kind: RunSpecification.Kind, name: String, summary: String, options: [OptionDefinition],
    headline: String? = nil
  ) {
    (self.kind, self.name, self.summary, self.options) = (kind, name, summary, options)
    self.headline = headline
  }
}

/// The methods that facet knows, with every option's type, default, unit and source: the one home
/// of defaults.
public enum MethodCatalog {
  public static let methods: [MethodDefinition] =
    pretraining + tasks + evaluations + predictions + imports

  public static func method(_ kind: RunSpecification.Kind, _ name: String) -> MethodDefinition? {
    methods.first { $0.kind == kind && $0.name == name }
  }

  /// Names of the options that say how a run is computed, but not what comes out.
  public static let incidentalOptions: Set<String> = Set(
    methods.flatMap(\.options).filter { !$0.changesOutcome }.map(\.name))

  static let checkpoints = OptionDefinition(
    "checkpoint-every", .integer(1...1_000_000), .integer(200), unit: "steps",
    "steps between checkpoints", changesOutcome: false)

  static let backbone: [OptionDefinition] = [
    OptionDefinition(
      "backbone",
      .choice([
        "resnet18", "resnet34", "resnet50", "resnet101", "iresnet18", "iresnet34", "iresnet50",
        "iresnet100", "vit-ti", "vit-s", "vit-b",
      ]),
      .text("resnet18"), "the network to train"),
    OptionDefinition(
      "width", .integer(8...256), .integer(64), unit: "channels",
      "channels of the first stage", source: "He et al. 2016"),
    OptionDefinition(
      "size", .integer(32...448), .integer(64), unit: "px", "side of the square input image"),
    OptionDefinition(
      "stem", .choice(["standard", "small"]), .text("standard"),
      "first layers: 7×7 and max-pooling, or 3×3 for small images"),
    OptionDefinition(
      "patch", .integer(4...32), .integer(16), unit: "px", "side of a transformer's patch",
      source: "arXiv:2010.11929"),
    OptionDefinition(
      "pooling", .choice(["class", "mean"]), .text("class"),
      "a transformer's features: its class token, or the mean of its patch tokens"),
    OptionDefinition(
      "device", .choice(["auto", "cpu", "cuda"]), .text("auto"), "where to compute"),
    OptionDefinition(
      "precision", .choice(["auto", "float32", "bfloat16", "float16"]), .text("auto"),
      "auto takes what is fastest here; float16 is for pre-training, with a scaled loss, on GPUs and"
        + " processors with AVX512-FP16"
    ),
    OptionDefinition(
      "threads", .integer(0...1024), .integer(0), "compute and data threads; 0 is all cores",
      changesOutcome: false),
  ]
}
