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

  public init(
    _ name: String, _ kind: Kind, _ defaultValue: SpecValue, unit: String? = nil, _ help: String,
    source: String = "facet"
  ) {
    (self.name, self.kind, self.defaultValue) = (name, kind, defaultValue)
    (self.unit, self.help, self.source) = (unit, help, source)
  }
}

/// One thing that the engine can carry out.
public struct MethodDefinition: Sendable, Hashable {
  public let kind: RunSpecification.Kind
  public let name: String
  public let summary: String
  public let options: [OptionDefinition]

  public init(
    kind: RunSpecification.Kind, name: String, summary: String, options: [OptionDefinition]
  ) {
    (self.kind, self.name, self.summary, self.options) = (kind, name, summary, options)
  }
}

/// The methods that facet knows, with every option's type, default, unit and source: the one home
/// of defaults.
public enum MethodCatalog {
  public static let methods: [MethodDefinition] = [
    swav, supervised, landmarks, recognition, verification,
  ]

  public static func method(_ kind: RunSpecification.Kind, _ name: String) -> MethodDefinition? {
    methods.first { $0.kind == kind && $0.name == name }
  }

  static let backbone: [OptionDefinition] = [
    OptionDefinition(
      "backbone", .choice(["resnet18", "resnet34", "resnet50", "resnet101"]), .text("resnet18"),
      "the network to train"),
    OptionDefinition(
      "width", .integer(8...256), .integer(64), unit: "channels",
      "channels of the first stage", source: "He et al. 2016"),
    OptionDefinition(
      "size", .integer(32...448), .integer(64), unit: "px", "side of the square input image"),
    OptionDefinition(
      "stem", .choice(["standard", "small"]), .text("standard"),
      "first layers: 7×7 and max-pooling, or 3×3 for small images"),
    OptionDefinition(
      "device", .choice(["auto", "cpu", "cuda"]), .text("auto"), "where to compute"),
    OptionDefinition(
      "precision", .choice(["auto", "float32", "bfloat16"]), .text("auto"),
      "bfloat16 autocast where the processor has it"),
    OptionDefinition(
      "threads", .integer(0...1024), .integer(0), "compute and data threads; 0 is all cores"),
  ]

  static func schedule(
    epochs: Int, batch: Int, learningRate: Double, warmup: Double, optimizer: String
  ) -> [OptionDefinition] {
    [
      OptionDefinition("epochs", .integer(1...100_000), .integer(epochs), "passes over the data"),
      OptionDefinition(
        "batch", .integer(2...65_536), .integer(batch), unit: "images", "batch size"),
      OptionDefinition(
        "learning-rate", .real(0...1000), .real(learningRate), "peak of the cosine schedule"),
      OptionDefinition(
        "warmup", .real(0...1), .real(warmup), "share of the steps with a linearly rising rate"),
      OptionDefinition(
        "optimizer", .choice(["sgd", "lars", "adamw"]), .text(optimizer), "the update rule"),
      OptionDefinition("weight-decay", .real(0...10), .real(1e-6), "weight decay"),
      OptionDefinition(
        "checkpoint-every", .integer(1...1_000_000), .integer(200), unit: "steps",
        "steps between checkpoints"),
    ]
  }

  static let swav = MethodDefinition(
    kind: .pretrain, name: "swav",
    summary: "SwAV: online clustering of multi-crop views, no labels (Caron et al. 2020)",
    options: backbone
      + schedule(epochs: 20, batch: 64, learningRate: 0.6, warmup: 0.05, optimizer: "lars") + [
        OptionDefinition(
          "global-crops", .integer(2...8), .integer(2), "large crops a sample",
          source: "arXiv:2006.09882 §3.2"),
        OptionDefinition(
          "local-crops", .integer(0...16), .integer(4), "small crops a sample",
          source: "arXiv:2006.09882 §3.2 (6 there)"),
        OptionDefinition(
          "local-size", .integer(16...448), .integer(32), unit: "px", "side of a small crop"),
        OptionDefinition(
          "global-scale", .real(0.01...1), .real(0.4), "least area of a large crop, as a share",
          source: "facet; the paper has 0.14"),
        OptionDefinition(
          "local-scale", .real(0.01...1), .real(0.1), "least area of a small crop, as a share",
          source: "facet; the paper has 0.05"),
        OptionDefinition(
          "prototypes", .integer(2...100_000), .integer(300), "clusters K",
          source: "facet; the paper has 3000"),
        OptionDefinition(
          "projection", .integer(8...8192), .integer(128), "dimensions of the projection",
          source: "arXiv:2006.09882 App. A"),
        OptionDefinition(
          "temperature", .real(0.001...10), .real(0.1), "softmax temperature",
          source: "arXiv:2006.09882 App. A"),
        OptionDefinition(
          "epsilon", .real(0.001...1), .real(0.01), "Sinkhorn regularisation",
          source: "facet; the paper has 0.05, where small sets of faces stay at ln K"),
        OptionDefinition(
          "sinkhorn-iterations", .integer(1...100), .integer(3), "Sinkhorn iterations",
          source: "arXiv:2006.09882 App. A"),
        OptionDefinition(
          "queue", .integer(0...1_000_000), .integer(0), unit: "features",
          "length of the feature queue", source: "arXiv:2006.09882 App. A (3840 for small batches)"),
        OptionDefinition(
          "queue-from", .integer(0...100_000), .integer(15), unit: "epoch",
          "epoch from which the queue is used", source: "arXiv:2006.09882 App. A"),
        OptionDefinition(
          "freeze-prototypes", .integer(0...1_000_000), .integer(50), unit: "steps",
          "first steps with frozen prototypes", source: "facet; published code has 313"),
      ])

  static let supervised = MethodDefinition(
    kind: .pretrain, name: "supervised",
    summary: "identity classification with softmax cross-entropy",
    options: backbone
      + schedule(epochs: 20, batch: 64, learningRate: 0.05, warmup: 0.05, optimizer: "sgd") + [
        OptionDefinition(
          "crop-scale", .real(0.01...1), .real(0.5), "least area of a crop, as a share")
      ])

  static let adaptation: [OptionDefinition] = [
    OptionDefinition(
      "labels", .labelBudget, .text("100%"), "labelled training samples: a share or a count"),
    OptionDefinition(
      "protocol", .choice(["fine-tune", "linear"]), .text("fine-tune"),
      "fine-tune the whole network, or train the head on the frozen backbone"),
    OptionDefinition("steps", .integer(1...10_000_000), .integer(400), "optimizer updates"),
    OptionDefinition("batch", .integer(2...65_536), .integer(32), unit: "images", "batch size"),
    OptionDefinition(
      "learning-rate", .real(0...1000), .real(3e-3), "peak rate of the head and backbone (AdamW)"),
    OptionDefinition(
      "backbone-rate", .real(0...100), .real(1), "the backbone's rate as a multiple of the head's"),
    OptionDefinition("weight-decay", .real(0...10), .real(0.05), "AdamW's weight decay"),
    OptionDefinition(
      "validate-every", .integer(1...1_000_000), .integer(50), unit: "steps",
      "steps between validations"),
    OptionDefinition(
      "checkpoint-every", .integer(1...1_000_000), .integer(200), unit: "steps",
      "steps between checkpoints"),
  ]

  static let landmarks = MethodDefinition(
    kind: .adapt, name: "landmarks",
    summary: "68-point landmark localisation by direct regression",
    options: backbone + adaptation + [
      OptionDefinition(
        "head", .choice(["pooled", "grid"]), .text("pooled"),
        "features for the regressor: global average, or the last map pooled to 4×4")
    ])

  static let recognition = MethodDefinition(
    kind: .adapt, name: "recognition",
    summary: "face verification with an embedding learnt from identities",
    options: backbone + adaptation + [
      OptionDefinition(
        "embedding", .integer(8...4096), .integer(128), "dimensions of the embedding"),
      OptionDefinition(
        "loss", .choice(["softmax", "cosface"]), .text("cosface"), "classification loss",
        source: "Wang et al. 2018, arXiv:1801.09414"),
    ])

  static let verification = MethodDefinition(
    kind: .evaluate, name: "verification",
    summary: "verification of pairs with a backbone's features as they are",
    options: backbone + [
      OptionDefinition(
        "batch", .integer(1...65_536), .integer(64), unit: "images", "images a forward pass")
    ])
}
