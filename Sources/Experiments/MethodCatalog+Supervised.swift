extension MethodCatalog {
  /// Pictures of a person side by side, for the methods that compare pictures with each other.
  private static let pictures = OptionDefinition(
    "pictures", .integer(1...64), .integer(4), unit: "pictures",
    "pictures of a person in a batch, where there are so many", source: "arXiv:1703.07737 §3")

  private static let labelledViews =
    [
      OptionDefinition(
        "crop-scale", .real(0.01...1), .real(0.5), "least area of a crop, as a share")
    ] + augmentation()

  static let supervised = MethodDefinition(
    kind: .pretrain, name: "supervised",
    summary: "identity classification: softmax, CosFace or ArcFace",
    options: backbone + schedule(learningRate: 0.05, optimizer: "sgd", weightDecay: 1e-6)
      + labelledViews + [
        OptionDefinition(
          "loss", .choice(["softmax", "cosface", "arcface"]), .text("softmax"),
          "plain, or with a margin on the cosine or on the angle",
          source: "arXiv:1801.09414, arXiv:1801.07698"),
        OptionDefinition(
          "margin", .real(0...2), .real(0.35), "CosFace: 0.35; ArcFace: 0.5",
          source: "arXiv:1801.09414 §4.1"),
        OptionDefinition(
          "scale", .real(1...256), .real(64), "length of the embedding with a margin",
          source: "arXiv:1801.09414 §4.1"),
        OptionDefinition(
          "embedding", .integer(8...4096), .integer(128),
          "dimensions of the embedding with a margin", source: "facet; the papers have 512"),
        OptionDefinition(
          "sample", .real(0.001...1), .real(1),
          "with a margin: share of the identities that a step compares with (partial FC)",
          source: "arXiv:2010.05222"),
      ])

  static let multiTask = MethodDefinition(
    kind: .pretrain, name: "multi-task",
    summary: "identity, landmarks, action units and emotion at once, whichever the set labels",
    options: backbone + schedule(learningRate: 0.05, optimizer: "sgd", weightDecay: 1e-6)
      + labelledViews
      + [
        ("identity", 1.0, "who it is"), ("landmarks", 10, "where the 68 landmarks are"),
        ("units", 1, "the intensities of the action units"), ("emotion", 1, "the emotion"),
      ].map { name, weight, what in
        OptionDefinition(
          name + "-weight", .real(0...1000), .real(weight), "weight of \(what); 0 leaves it out")
      })

  static let supervisedContrastive = MethodDefinition(
    kind: .pretrain, name: "supervised-contrastive",
    summary: "all views of a person together, apart from all others' (Khosla et al. 2020)",
    options: backbone + schedule(learningRate: 0.05, optimizer: "sgd", weightDecay: 1e-4)
      + labelledViews + [
        projection(128, source: "arXiv:2004.11362 §4"),
        temperature(0.1, source: "arXiv:2004.11362 §4"), pictures,
      ])

  static let triplet = MethodDefinition(
    kind: .pretrain, name: "triplet",
    summary: "a person's farthest picture against the nearest other (Hermans et al. 2017)",
    options: backbone + schedule(learningRate: 0.05, optimizer: "sgd", weightDecay: 1e-4)
      + labelledViews + [
        OptionDefinition(
          "embedding", .integer(8...4096), .integer(128), "dimensions of the embedding",
          source: "arXiv:1503.03832"),
        OptionDefinition(
          "margin", .real(0...2), .real(0.3), "distance that is to lie between",
          source: "facet; FaceNet has 0.2 on squared distances"),
        pictures,
      ])

  static let siamese = MethodDefinition(
    kind: .pretrain, name: "siamese",
    summary: "pairs: one person near, two people a margin apart (Hadsell et al. 2006)",
    options: backbone + schedule(learningRate: 0.05, optimizer: "sgd", weightDecay: 1e-4)
      + labelledViews + [
        OptionDefinition(
          "embedding", .integer(8...4096), .integer(128), "dimensions of the embedding"),
        OptionDefinition(
          "margin", .real(0...2), .real(1), "distance that two people are to have"),
        pictures,
      ])
}
