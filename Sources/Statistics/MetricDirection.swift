/// Whether a smaller or a greater value of a metric is better.
public enum MetricDirection: String, Sendable, Hashable, CaseIterable {
  case lower, higher

  /// For headings: ↓ or ↑.
  public var arrow: String { self == .lower ? "↓" : "↑" }

  /// The direction of a metric by its name, with or without a normaliser in brackets and a word
  /// such as `validation.` before it; nil for a name that facet does not know.
  public static func of(metric name: String) -> MetricDirection? {
    let base = name.prefix { $0 != "[" }.split(separator: ".").last ?? ""
    if lowerIsBetter.contains(String(base)) { return .lower }
    if higherIsBetter.contains(String(base)) { return .higher }
    return nil
  }

  private static let lowerIsBetter: Set = [
    "nme", "failure-rate", "eer", "loss", "rmse", "mse", "mae", "angle-error", "vertex-error",
  ]
  private static let higherIsBetter: Set = [
    "accuracy", "balanced-accuracy", "auc", "tar", "tpir", "rank", "icc", "ccc", "pcc", "sagr",
    "f1", "gain", "images-per-second",
  ]
}
