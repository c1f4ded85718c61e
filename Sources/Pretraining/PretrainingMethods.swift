/// Every method by the name that the catalogue of options has for it: the one place that a new
/// method is entered.
public enum PretrainingMethods {
  public static let makers: [String: @Sendable (PretrainingSetup) throws -> any PretrainingMethod] =
    [
      "swav": { try SwAV($0) },
      "moco": { try MoCo($0) },
      "byol": { try BYOL($0) },
      "simsiam": { try SimSiam($0) },
      "simclr": { try SimCLR($0) },
      "vicreg": { try VICReg($0) },
      "barlow-twins": { try BarlowTwins($0) },
      "dino": { try DINO($0) },
      "mae": { try MaskedAutoencoder($0) },
      "denoising": { try DenoisingAutoencoder($0) },
      "vae": { try VariationalAutoencoder($0) },
      "supervised": { try Supervised($0) },
      "multi-task": { try MultiTask($0) },
      "supervised-contrastive": { try SupervisedContrastive($0) },
      "triplet": { try MetricLearning($0, loss: .triplet) },
      "siamese": { try MetricLearning($0, loss: .siamese) },
    ]

  /// - Returns: nil for a name that no method has.
  public static func make(_ name: String, _ setup: PretrainingSetup) throws
    -> (any PretrainingMethod)?
  {
    try makers[name]?(setup)
  }
}
