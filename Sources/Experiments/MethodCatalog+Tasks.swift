extension MethodCatalog {
  static let tasks = [
    landmarks, recognition, actionUnits, emotion, reconstruction, headPose, attributes,
  ]
  static let evaluations = [verification, embeddings] + tasks.map(evaluation)

  static func adaptation(learningRate: Double) -> [OptionDefinition] {
    [
      OptionDefinition(
        "labels", .labelBudget, .text("100%"), "labelled training samples: a share or a count"),
      OptionDefinition(
        "protocol", .choice(["fine-tune", "partial", "linear", "knn"]), .text("fine-tune"),
        "train the whole network, its later parts, the head alone, or ask the nearest neighbours"),
      OptionDefinition("steps", .integer(1...10_000_000), .integer(400), "optimizer updates"),
      OptionDefinition("batch", .integer(2...65_536), .integer(32), unit: "images", "batch size"),
      OptionDefinition(
        "learning-rate", .real(0...1000), .real(learningRate),
        "peak rate of the head and backbone (AdamW)"),
      OptionDefinition(
        "backbone-rate", .real(0...100), .real(1), "the backbone's rate as a multiple of the head's"
      ),
      OptionDefinition(
        "layer-decay", .real(0.01...1), .real(1),
        "the rate of each of the backbone's five parts as a multiple of the next one's",
        source: "Clark et al. 2020, arXiv:2003.10555 (0.65–1)"),
      OptionDefinition(
        "frozen-parts", .integer(1...4), .integer(3),
        "with protocol: partial, leading parts that stay: the stem, then the stages"),
      OptionDefinition(
        "neighbours", .integer(1...1000), .integer(10), "with protocol: knn, neighbours asked"),
      OptionDefinition(
        "search", .choice(["none", "small"]), .text("none"),
        "small: learning-rate × ⅓, 1, 3 or 1, 5, 20, 50 neighbours, chosen on validation"),
      OptionDefinition("weight-decay", .real(0...10), .real(0.05), "AdamW's weight decay"),
      OptionDefinition(
        "validate-every", .integer(1...1_000_000), .integer(50), unit: "steps",
        "steps between validations"),
      OptionDefinition(
        "best-on-test", .boolean, .boolean(true),
        "also note the best test result on the way, labelled as such: never a table's figure"),
      checkpoints,
    ]
  }

  /// What a regression or classification head reads.
  private static let features = OptionDefinition(
    "features", .choice(["pooled", "grid"]), .text("pooled"),
    "what the head reads: the global average, or the last map averaged to 4×4 cells")

  static let landmarks = MethodDefinition(
    kind: .adapt, name: "landmarks",
    summary: "landmarks of the set's own scheme (68, 98, 19 …) by heat maps or direct regression",
    options: backbone + adaptation(learningRate: 1e-3) + [
      OptionDefinition(
        "head", .choice(["heatmap", "pooled", "grid"]), .text("heatmap"),
        "heat maps over the stages' maps, or a regression from the pooled or 4×4 map",
        source: "Sun et al. 2018, arXiv:1711.08229"),
      OptionDefinition(
        "loss", .choice(["smooth-l1", "wing"]), .text("smooth-l1"), "loss of the coordinates",
        source: "Feng et al. 2018, arXiv:1711.06753 (wing)"),
    ],
    headline: "nme[inter-ocular]")

  static let recognition = MethodDefinition(
    kind: .adapt, name: "recognition",
    summary: "face verification with an embedding learnt from identities",
    options: backbone + adaptation(learningRate: 3e-3) + [
      OptionDefinition(
        "embedding", .integer(8...4096), .integer(128), "dimensions of the embedding"),
      OptionDefinition(
        "loss", .choice(["softmax", "cosface", "arcface"]), .text("cosface"),
        "classification loss",
        source: "Wang et al. 2018, arXiv:1801.09414; Deng et al. 2019, arXiv:1801.07698"),
    ],
    headline: "auc[roc]")

  static let actionUnits = MethodDefinition(
    kind: .adapt, name: "action-units",
    summary: "intensity 0–5 of the facial action units that the data set labels",
    options: backbone + adaptation(learningRate: 1e-3) + [
      features,
      OptionDefinition(
        "head", .choice(["regression", "ordinal"]), .text("regression"),
        "the intensity itself, or how far it reaches beyond each level"),
      OptionDefinition(
        "folds", .choice(["none", "disfa-3-fold", "bp4d-3-fold", "bp4d-fera-2015"]),
        .text("none"), "a published partition of the set's people, in place of facet's split",
        source: "Luo et al. 2022, arXiv:2205.01782; FERA 2015's shared_defs.m"),
      OptionDefinition(
        "fold", .integer(1...3), .integer(1), "with folds, the one to test on (FERA 2015's is 2)"),
    ],
    headline: "icc[mean]")

  static let emotion = MethodDefinition(
    kind: .adapt, name: "emotion",
    summary: "emotion categories, from votes where there are any, and valence and arousal",
    options: backbone + adaptation(learningRate: 1e-3) + [
      features,
      OptionDefinition(
        "affect-weight", .real(0...100), .real(1),
        "weight of the CCC loss of valence and arousal"),
    ],
    headline: "accuracy[")

  static let reconstruction = MethodDefinition(
    kind: .adapt, name: "reconstruction",
    summary: "3D shape by a linear model of the labelled meshes, pose and weak perspective",
    options: backbone + adaptation(learningRate: 1e-3) + [
      features,
      OptionDefinition(
        "components", .integer(1...400), .integer(50), "coefficients of identity and expression"),
    ],
    headline: "nme[68-box]")

  static let headPose = MethodDefinition(
    kind: .adapt, name: "head-pose", summary: "yaw, pitch and roll of the head",
    options: backbone + adaptation(learningRate: 1e-3) + [features],
    headline: "mae[mean]")

  static let attributes = MethodDefinition(
    kind: .adapt, name: "attributes",
    summary: "what a face has or has not, each by itself: glasses, a beard, a hat",
    options: backbone + adaptation(learningRate: 1e-3) + [features],
    headline: "auc[mean]")

  static let verification = MethodDefinition(
    kind: .evaluate, name: "verification",
    summary: "verification by features as they are, beside pixels and an untrained network",
    options: backbone + [
      evaluationBatch,
      OptionDefinition(
        "pairs", .integer(20...1_000_000), .integer(6000),
        "how many, in ten folds, of a set that brings none; half of them of one person"),
    ])

  static let embeddings = MethodDefinition(
    kind: .evaluate, name: "embeddings",
    summary: "features of every picture of a data set, kept as a safetensors file",
    options: backbone + [evaluationBatch])

  /// `evaluate landmarks, of: RUN, on: DATASET`: an adapted run on another set.
  private static func evaluation(_ task: MethodDefinition) -> MethodDefinition {
    MethodDefinition(
      kind: .evaluate, name: task.name, summary: "tests a finished run of `adapt \(task.name)`",
      options: backbone + [evaluationBatch])
  }

  /// `predict RUN, on: PHOTOS`: an adapted run on faces without labels.
  static let predictions = tasks.map { task in
    MethodDefinition(
      kind: .predict, name: task.name, summary: "shows what a run of `adapt \(task.name)` sees",
      options: backbone + [
        evaluationBatch,
        OptionDefinition(
          "crop", .choice(["face", "whole"]), .text("face"),
          "cut found faces as the training pictures show theirs, or take whole pictures"),
        OptionDefinition(
          "faces", .choice(["all", "largest"]), .text("all"), "of each photo, with crop: face"),
        OptionDefinition(
          "score", .real(0...1), .real(0.7), "least confidence of a face, with crop: face"),
      ])
  }

  private static let evaluationBatch = OptionDefinition(
    "batch", .integer(1...65_536), .integer(64), unit: "images", "images a forward pass")
}
