extension MethodCatalog {
  static let swav = MethodDefinition(
    kind: .pretrain, name: "swav",
    summary: "SwAV: online clustering of multi-crop views, no labels (Caron et al. 2020)",
    options: backbone + schedule(learningRate: 0.6, optimizer: "larc", weightDecay: 1e-6)
      + multiCrop(globalScale: 0.4, localScale: 0.1) + [
        OptionDefinition(
          "prototypes", .integer(2...100_000), .integer(300), "clusters K",
          source: "facet; the paper has 3000"),
        projection(128, source: "arXiv:2006.09882 App. A"),
        temperature(0.1, source: "arXiv:2006.09882 App. A"),
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

  static let moco = MethodDefinition(
    kind: .pretrain, name: "moco",
    summary: "MoCo v2: find the other view among a queue of keys (Chen et al. 2020)",
    options: backbone + schedule(learningRate: 0.06, optimizer: "sgd", weightDecay: 1e-4)
      + views(0.2) + [
        projection(128, source: "arXiv:2003.04297"),
        temperature(0.2, source: "arXiv:2003.04297"),
        momentum(0.99, source: "facet; the paper has 0.999, for longer training"),
        OptionDefinition(
          "queue", .integer(1...1_000_000), .integer(4096), unit: "keys", "length of the queue",
          source: "facet; the paper has 65536"),
        OptionDefinition(
          "batch-negatives", .boolean, .boolean(true),
          "whether the batch's other keys are negatives too", source: "facet; the paper has not"),
      ])

  static let byol = MethodDefinition(
    kind: .pretrain, name: "byol",
    summary: "BYOL: predict a slowly moving network's projection (Grill et al. 2020)",
    options: backbone + schedule(learningRate: 0.3, optimizer: "lars", weightDecay: 1.5e-6)
      + views(0.2, blur: 1) + secondView + [
        projection(256, source: "arXiv:2006.07733 §3.3"),
        OptionDefinition(
          "hidden", .integer(8...16_384), .integer(1024), "width of projector and predictor",
          source: "facet; the paper has 4096"),
        momentum(0.99, source: "facet; the paper has 0.996; rises to 1"),
        predictorRate,
      ])

  static let simsiam = MethodDefinition(
    kind: .pretrain, name: "simsiam",
    summary: "SimSiam: predict the other view, stop its gradient (Chen and He 2021)",
    options: backbone + schedule(learningRate: 0.05, optimizer: "sgd", weightDecay: 1e-4)
      + views(0.2) + [
        projection(512, source: "facet; the paper has 2048"), predictorRate,
      ])

  private static let predictorRate = OptionDefinition(
    "predictor-rate", .real(0.01...1000), .real(1),
    "the predictor's learning rate as a multiple of the others'")

  static let simclr = MethodDefinition(
    kind: .pretrain, name: "simclr",
    summary: "SimCLR: find the other view among the batch (Chen et al. 2020)",
    options: backbone + schedule(learningRate: 0.3, optimizer: "lars", weightDecay: 1e-6)
      + views(0.2) + [
        projection(128, source: "arXiv:2002.05709 §4.2"),
        temperature(0.2, source: "facet; the paper has 0.1 at large batches"),
      ])

  static let vicreg = MethodDefinition(
    kind: .pretrain, name: "vicreg",
    summary: "VICReg: alike, with variance, without covariance (Bardes et al. 2022)",
    options: backbone + schedule(learningRate: 0.3, optimizer: "lars", weightDecay: 1e-6)
      + views(0.2) + [
        projection(512, source: "facet; the paper has 8192"),
        OptionDefinition(
          "invariance", .real(0...1000), .real(25), "weight λ", source: "arXiv:2105.04906 §4.2"),
        OptionDefinition(
          "variance", .real(0...1000), .real(25), "weight μ", source: "arXiv:2105.04906 §4.2"),
        OptionDefinition(
          "covariance", .real(0...1000), .real(1), "weight ν", source: "arXiv:2105.04906 §4.2"),
      ])

  static let barlowTwins = MethodDefinition(
    kind: .pretrain, name: "barlow-twins",
    summary: "Barlow Twins: the views' correlation is to be the identity (Zbontar et al. 2021)",
    options: backbone + schedule(learningRate: 0.1, optimizer: "lars", weightDecay: 1.5e-6)
      + views(0.2, blur: 1) + secondView + [
        projection(512, source: "facet; the paper has 8192"),
        OptionDefinition(
          "redundancy", .real(0...10), .real(0.0051), "weight λ of the off-diagonal",
          source: "arXiv:2103.03230 §3.1"),
      ])

  static let dino = MethodDefinition(
    kind: .pretrain, name: "dino",
    summary: "DINO: small crops predict a moving average's view of large ones (Caron et al. 2021)",
    options: backbone
      + schedule(learningRate: 5e-4, optimizer: "adamw", weightDecay: 0.04, warmup: 0.1)
      + multiCrop(globalScale: 0.4, localScale: 0.1) + [
        OptionDefinition(
          "prototypes", .integer(2...200_000), .integer(1024), "dimensions K of the output",
          source: "facet; the paper has 65536"),
        OptionDefinition(
          "hidden", .integer(8...16_384), .integer(1024), "width of the head",
          source: "facet; the paper has 2048"),
        projection(256, source: "arXiv:2104.14294 App. C"),
        temperature(0.1, source: "arXiv:2104.14294 §3.2"),
        OptionDefinition(
          "teacher-temperature", .real(0.001...10), .real(0.04), "temperature of the teacher",
          source: "arXiv:2104.14294 §3.2"),
        momentum(0.99, source: "facet; the paper has 0.996; rises to 1"),
        OptionDefinition(
          "centre-momentum", .real(0...1), .real(0.9), "how slowly the centre follows",
          source: "arXiv:2104.14294 App. D"),
        OptionDefinition(
          "centring", .choice(["mean", "sinkhorn"]), .text("mean"),
          "what keeps the teacher from one output: its mean is taken off, or Sinkhorn's iterations"
            + " spread the batch over the outputs", source: "arXiv:2104.14294 table 7"),
        OptionDefinition(
          "freeze-last", .integer(0...1000), .integer(1), unit: "epochs",
          "first epochs with a frozen last layer", source: "published code"),
      ])

  static let mae = MethodDefinition(
    kind: .pretrain, name: "mae",
    summary: "masked autoencoder: draw hidden patches; backbone: vit-… (He et al. 2022)",
    options: backbone
      + schedule(learningRate: 1e-3, optimizer: "adamw", weightDecay: 0.05, warmup: 0.1)
      + views(0.2, blur: 0) + [
        OptionDefinition(
          "mask", .real(0...0.99), .real(0.75), "share of the patches that is hidden",
          source: "arXiv:2111.06377 §3"),
        OptionDefinition(
          "patch-norm", .boolean, .boolean(true),
          "draw each patch less its mean and over its deviation, not the pixels as they are",
          source: "arXiv:2111.06377 §3"),
        OptionDefinition(
          "decoder-width", .integer(64...2048), .integer(192), "dimensions of the decoder",
          source: "facet; the paper has 512"),
        OptionDefinition(
          "decoder-depth", .integer(1...24), .integer(2), "blocks of the decoder",
          source: "facet; the paper has 8"),
      ])

  static let denoising = MethodDefinition(
    kind: .pretrain, name: "denoising",
    summary: "denoising autoencoder: draw the clean from a spoilt picture (Vincent et al. 2008)",
    options: backbone + schedule(learningRate: 1e-3, optimizer: "adamw", weightDecay: 1e-4)
      + views(0.5, blur: 0) + [
        OptionDefinition("noise", .real(0...10), .real(0.5), "standard deviation of the noise"),
        OptionDefinition("hole", .real(0...0.9), .real(0.4), "side of the cut, as a share"),
      ])

  static let vae = MethodDefinition(
    kind: .pretrain, name: "vae",
    summary: "variational autoencoder (Kingma and Welling 2014)",
    options: backbone + schedule(learningRate: 1e-3, optimizer: "adamw", weightDecay: 1e-4)
      + views(0.5, blur: 0) + [
        OptionDefinition("code", .integer(2...4096), .integer(128), "dimensions of the code"),
        OptionDefinition(
          "beta", .real(0...1000), .real(1), "weight of the divergence",
          source: "arXiv:1312.6114"),
      ])
}
