extension MethodCatalog {
  static let tasks = [landmarks, recognition]
  static let evaluations = [verification, embeddings]

  static func adaptation(learningRate: Double) -> [OptionDefinition] {
    [
      OptionDefinition(
        "labels", .labelBudget, .text("100%"), "labelled training samples: a share or a count"),
      OptionDefinition(
        "protocol", .choice(["fine-tune", "linear"]), .text("fine-tune"),
        "fine-tune the whole network, or train the head on the frozen backbone"),
      OptionDefinition("steps", .integer(1...10_000_000), .integer(400), "optimizer updates"),
      OptionDefinition("batch", .integer(2...65_536), .integer(32), unit: "images", "batch size"),
      OptionDefinition(
        "learning-rate", .real(0...1000), .real(learningRate),
        "peak rate of the head and backbone (AdamW)"),
      OptionDefinition(
        "backbone-rate", .real(0...100), .real(1), "the backbone's rate as a multiple of the head's"
      ),
      OptionDefinition("weight-decay", .real(0...10), .real(0.05), "AdamW's weight decay"),
      OptionDefinition(
        "validate-every", .integer(1...1_000_000), .integer(50), unit: "steps",
        "steps between validations"),
      OptionDefinition(
        "checkpoint-every", .integer(1...1_000_000), .integer(200), unit: "steps",
        "steps between checkpoints"),
    ]
  }

  static let landmarks = MethodDefinition(
    kind: .adapt, name: "landmarks",
    summary: "68-point landmark localisation by direct regression",
    options: backbone + adaptation(learningRate: 1e-3) + [
      OptionDefinition(
        "head", .choice(["pooled", "grid"]), .text("pooled"),
        "features for the regressor: global average, or the last map pooled to 4×4")
    ])

  static let recognition = MethodDefinition(
    kind: .adapt, name: "recognition",
    summary: "face verification with an embedding learnt from identities",
    options: backbone + adaptation(learningRate: 3e-3) + [
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

  static let embeddings = MethodDefinition(
    kind: .evaluate, name: "embeddings",
    summary: "features of every picture of a data set, kept as a safetensors file",
    options: backbone + [
      OptionDefinition(
        "batch", .integer(1...65_536), .integer(64), unit: "images", "images a forward pass")
    ])
}
