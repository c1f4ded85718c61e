extension MethodCatalog {
  static let pretraining = [
    swav, moco, byol, simsiam, simclr, vicreg, barlowTwins, dino, mae, denoising, vae, supervised,
    multiTask, supervisedContrastive, triplet, siamese,
  ]

  /// Options of the loop and the optimizer that every method has.
  static func schedule(
    learningRate: Double, optimizer: String, weightDecay: Double, epochs: Int = 20, batch: Int = 64,
    warmup: Double = 0.05
  ) -> [OptionDefinition] {
    [
      OptionDefinition("epochs", .integer(1...100_000), .integer(epochs), "passes over the data"),
      OptionDefinition(
        "batch", .integer(2...65_536), .integer(batch), unit: "images", "images an update"),
      OptionDefinition(
        "accumulate", .integer(1...1024), .integer(1), unit: "parts",
        "parts that a batch is computed in, to save memory; a part is what batch norm and negatives"
          + " see"),
      OptionDefinition(
        "learning-rate", .real(0...1000), .real(learningRate), "peak of the cosine schedule"),
      OptionDefinition(
        "warmup", .real(0...1), .real(warmup), "share of the steps with a linearly rising rate"),
      OptionDefinition(
        "optimizer", .choice(["sgd", "lars", "larc", "adamw"]), .text(optimizer),
        "the update rule; larc is SwAV's SGD with LARC on every parameter"),
      OptionDefinition("weight-decay", .real(0...10), .real(weightDecay), "weight decay"),
      OptionDefinition(
        "layer-decay", .real(0.01...1), .real(1),
        "the rate of each of the backbone's five parts as a multiple of the next one's, such as for"
          + " going on from other weights"),
      OptionDefinition(
        "clip", .real(0...1e9), .real(0), "largest joint norm of the gradients; 0 does not clip"),
      OptionDefinition(
        "average", .real(0...0.99999), .real(0),
        "decay of a moving average of the backbone, which is kept then; 0 keeps the last weights"),
    ] + following
  }

  /// Options of what is watched and kept on the way.
  private static let following = [
    OptionDefinition(
      "probe", .choice(["none", "knn", "landmarks"]), .text("none"),
      "measure the features on the way: who is it (knn), or where are the landmarks, told from"
        + " the nearest neighbours; needs a set with these labels"),
    OptionDefinition(
      "probe-every", .integer(1...100_000), .integer(1), unit: "epochs", "epochs between probes"),
    OptionDefinition(
      "patience", .integer(0...100_000), .integer(0), unit: "probes",
      "end after so many probes without a better one; 0 goes on to the last epoch"),
    OptionDefinition(
      "recompute", .boolean, .boolean(false),
      "compute activations a second time in backward instead of keeping them: less memory, more time"
    ),
    OptionDefinition(
      "ranks", .integer(1...1024), .integer(1), unit: "processes",
      "processes on this machine that share each batch; torchrun and srun say it themselves"),
    OptionDefinition(
      "profile", .boolean, .boolean(false), "tell where the time of a step goes"),
    checkpoints,
  ]

  /// Options of the views of whole pictures.
  static func views(_ least: Double, blur: Double = 0.5) -> [OptionDefinition] {
    [
      OptionDefinition(
        "crop-scale", .real(0.01...1), .real(least), "least area of a crop, as a share",
        source: "facet; SimCLR and MoCo have 0.08 and 0.2")
    ] + augmentation(blur: blur)
  }

  static func augmentation(color: Double = 1, grayscale: Double = 0.2, blur: Double = 0.5)
    -> [OptionDefinition]
  {
    [
      OptionDefinition(
        "color", .real(0...2.5), .real(color),
        "strength of the colour jitter; 1 is brightness, contrast and saturation 0.8, hue 0.2",
        source: "arXiv:2002.05709 App. A"),
      OptionDefinition(
        "grayscale", .real(0...1), .real(grayscale), "share of the crops without colour",
        source: "arXiv:2002.05709 App. A"),
      OptionDefinition(
        "blur", .real(0...1), .real(blur), "share of the crops that are blurred",
        source: "arXiv:2002.05709 App. A"),
    ]
  }

  /// BYOL's second view differs.
  static let secondView = [
    OptionDefinition(
      "blur-second", .real(0...1), .real(0.1), "share of the second views that are blurred",
      source: "arXiv:2006.07733 table 6"),
    OptionDefinition(
      "solarize-second", .real(0...1), .real(0.2), "share of the second views that are solarised",
      source: "arXiv:2006.07733 table 6"),
  ]

  static func multiCrop(globalScale: Double, localScale: Double) -> [OptionDefinition] {
    [
      OptionDefinition(
        "global-crops", .integer(2...8), .integer(2), "large crops a sample",
        source: "arXiv:2006.09882 §3.2"),
      OptionDefinition(
        "local-crops", .integer(0...16), .integer(4), "small crops a sample",
        source: "arXiv:2006.09882 §3.2 (6 there)"),
      OptionDefinition(
        "local-size", .integer(16...448), .integer(32), unit: "px", "side of a small crop"),
      OptionDefinition(
        "global-scale", .real(0.01...1), .real(globalScale),
        "least area of a large crop, as a share", source: "facet; the paper has 0.14"),
      OptionDefinition(
        "local-scale", .real(0.01...1), .real(localScale), "least area of a small crop, as a share",
        source: "facet; the paper has 0.05"),
    ] + augmentation()
  }

  static func projection(_ dimensions: Int, source: String = "facet") -> OptionDefinition {
    OptionDefinition(
      "projection", .integer(8...8192), .integer(dimensions), "dimensions of the projection",
      source: source)
  }

  static func temperature(_ value: Double, source: String) -> OptionDefinition {
    OptionDefinition(
      "temperature", .real(0.001...10), .real(value), "softmax temperature", source: source)
  }

  static func momentum(_ value: Double, source: String) -> OptionDefinition {
    OptionDefinition(
      "momentum", .real(0...1), .real(value), "how slowly the second network follows",
      source: source)
  }
}
