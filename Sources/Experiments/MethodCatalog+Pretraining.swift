extension MethodCatalog {
  static let pretraining = [swav, supervised]

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
}
