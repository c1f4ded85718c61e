/// The words for a column on an axis, or over a table's columns.
public enum AxisTitle {
  /// Metrics by the name before their bracket: words, unit, and which way is better.
  private static let metrics: [String: (words: String, unit: String, arrow: String)] = [
    "nme": ("NME", "%", "↓"), "failure-rate": ("Failure rate", "%", "↓"),
    "auc": ("AUC", "", "↑"), "accuracy": ("Accuracy", "%", "↑"), "tar": ("TAR", "%", "↑"),
    "eer": ("EER", "%", "↓"), "loss": ("Loss", "", ""),
    "learning-rate": ("Learning rate", "", ""),
    "images-per-second": ("Images per second", "", ""),
  ]

  /// `nme[inter-ocular]` gives "NME, inter-ocular (%) ↓"; `learning_rate` "Learning rate".
  public static func text(for column: String) -> String {
    if column.hasPrefix("validation.") {
      let rest = text(for: String(column.dropFirst("validation.".count)))
      return "Validation " + rest.prefix(1).lowercasedIfWord(rest) + rest.dropFirst()
    }
    let parts = column.split(separator: "[", maxSplits: 1)
    let name = String(parts.first ?? "")
    let detail = parts.count > 1 ? String(parts[1].filter { $0 != "]" }) : ""
    guard let metric = metrics[name] else { return plainWords(column) }
    // The area under a ROC curve is a share, the one under an error distribution a percentage.
    let unit = name == "auc" && detail != "roc" && !detail.isEmpty ? "%" : metric.unit
    return metric.words + (detail.isEmpty ? "" : ", \(detail)")
      + (unit.isEmpty ? "" : " (\(unit))") + (metric.arrow.isEmpty ? "" : " \(metric.arrow)")
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
