import Statistics

/// The words for a column on an axis, or over a table's columns.
public enum AxisTitle {
  /// Metrics by the name before their bracket: words and unit.
  private static let metrics: [String: (words: String, unit: String)] = [
    "nme": ("NME", "%"), "failure-rate": ("Failure rate", "%"), "auc": ("AUC", ""),
    "accuracy": ("Accuracy", "%"), "tar": ("TAR", "%"), "eer": ("EER", "%"), "loss": ("Loss", ""),
    "icc": ("ICC(3,1)", ""), "ccc": ("CCC", ""), "pcc": ("PCC", ""), "sagr": ("SAGR", ""),
    "rmse": ("RMSE", ""), "mae": ("MAE", ""), "mse": ("MSE", ""), "f1": ("F1", "%"),
    "balanced-accuracy": ("Balanced accuracy", "%"), "angle-error": ("Angle", "°"),
    "vertex-error": ("Vertex error", "mm"),
    "learning-rate": ("Learning rate", ""), "images-per-second": ("Images per second", ""),
  ]
  /// Curves that are no aim in themselves: their titles have no arrow.
  private static let undirected: Set = ["loss", "images-per-second"]
  /// What a metric is of, where not of the model on the test data.
  private static let subjects = [
    "validation.": "Validation", "mean-shape.": "Mean shape's",
    "mean-intensity.": "Mean intensity's", "mean-label.": "Mean label's",
    "mean-head.": "Mean head's", "mean-pose.": "Mean pose's",
  ]

  /// `nme[inter-ocular]` gives "NME, inter-ocular (%) ↓"; `learning_rate` "Learning rate".
  public static func text(for column: String) -> String {
    for (prefix, words) in subjects where column.hasPrefix(prefix) {
      let rest = text(for: String(column.dropFirst(prefix.count)))
      return "\(words) " + rest.prefix(1).lowercasedIfWord(rest) + rest.dropFirst()
    }
    let parts = column.split(separator: "[", maxSplits: 1)
    let name = String(parts.first ?? "")
    let detail = parts.count > 1 ? String(parts[1].filter { $0 != "]" }) : ""
    guard let metric = metrics[name] else { return plainWords(column) }
    // The area under a ROC curve is a share, the one under an error distribution a percentage.
    let unit = name == "auc" && detail != "roc" && !detail.isEmpty ? "%" : metric.unit
    let rate = detail.hasPrefix("far=") ? " at FAR \(detail.dropFirst(4))" : nil
    return metric.words + (rate ?? (detail.isEmpty ? "" : ", \(detail)"))
      + (unit.isEmpty ? "" : " (\(unit))") + arrow(of: name)
  }

  private static func arrow(of name: String) -> String {
    guard !undirected.contains(name), let direction = MetricDirection.of(metric: name) else {
      return ""
    }
    return " " + direction.arrow
  }

  private static func plainWords(_ column: String) -> String {
    let words = column.replacing("_", with: " ").replacing("-", with: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }
}

extension Substring {
  /// The first letter in lower case, unless the word is an acronym.
  fileprivate func lowercasedIfWord(_ text: String) -> String {
    let second = text.dropFirst().first
    return second?.isUppercase == true ? String(self) : lowercased()
  }
}
