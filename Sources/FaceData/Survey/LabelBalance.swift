import Foundation

/// How evenly samples are spread over the values of a label.
public struct LabelBalance: Sendable {
  /// "identity", "emotion", "action units", "part".
  public let label: String
  /// Values with their samples, the most frequent first, equal ones by name. For action units the
  /// samples in which a unit is there.
  public let counts: [(name: String, count: Int)]
  /// Samples that have the label.
  public let labelled: Int

  /// Entropy over its largest value, ln k: 1 where all k values are equally frequent, 0 where one has
  /// all.
  ///
  /// - Edge cases: nil for fewer than two values, and for action units, of which a face has several.
  /// - Source: Pielou 1966, "The measurement of diversity in different types of biological
  ///   collections". Checked by: LabelBalanceTests.
  public var evenness: Double? {
    guard counts.count > 1, label != Self.units else { return nil }
    let total = Double(counts.reduce(0) { $0 + $1.count })
    let entropy = counts.reduce(0.0) { sum, value in
      let share = Double(value.count) / total
      return value.count > 0 ? sum - share * log(share) : sum
    }
    return entropy / log(Double(counts.count))
  }

  static let units = "action units"
}

extension DatasetSurvey {
  /// The labels that samples of the set have, each with its balance.
  public var balances: [LabelBalance] {
    let labels = pictures.compactMap { $0?.labels }
    let identities = balance("identity", labels) { label in
      label.identity.flatMap { identityNames.indices.contains($0) ? identityNames[$0] : nil }
    }
    return [
      identities, balance("emotion", labels) { $0.emotion.map { "\($0)" } }, unitBalance(labels),
      balance("part", labels) { $0.part?.rawValue },
    ].filter { $0.labelled > 0 }
  }

  private func balance(
    _ label: String, _ labels: [SurveyedLabels], _ name: (SurveyedLabels) -> String?
  ) -> LabelBalance {
    var counts: [String: Int] = [:]
    for label in labels { if let name = name(label) { counts[name, default: 0] += 1 } }
    return LabelBalance(
      label: label, counts: Self.sorted(counts), labelled: counts.values.reduce(0, +))
  }

  private func unitBalance(_ labels: [SurveyedLabels]) -> LabelBalance {
    var counts: [Int: Int] = [:]
    for label in labels {
      for unit in label.labelledUnits {
        counts[unit, default: 0] += label.presentUnits.contains(unit) ? 1 : 0
      }
    }
    let named = counts.sorted { $0.key < $1.key }.map { (name: "AU\($0.key)", count: $0.value) }
    return LabelBalance(
      label: LabelBalance.units, counts: named,
      labelled: labels.count { !$0.labelledUnits.isEmpty })
  }

  private static func sorted(_ counts: [String: Int]) -> [(name: String, count: Int)] {
    counts.map { (name: $0.key, count: $0.value) }.sorted { a, b in
      (-a.count, a.name) < (-b.count, b.name)
    }
  }
}

/// The values that a survey found of one measure.
public struct MeasuredValues: Sendable, Hashable {
  /// "sharpness", "yaw", …
  public let name: String
  /// "px", "degrees"; empty where there is none.
  public let unit: String
  /// Ascending.
  public let values: [Double]

  init(_ name: String, _ unit: String, _ values: [Double]) {
    (self.name, self.unit, self.values) = (name, unit, values.sorted())
  }

  /// The value below which a share of them lies, between neighbours by straight lines.
  ///
  /// - Precondition: there are values.
  public func quantile(_ share: Double) -> Double {
    let place = min(max(share, 0), 1) * Double(values.count - 1)
    let (low, high) = (Int(place), min(Int(place) + 1, values.count - 1))
    return values[low] + (values[high] - values[low]) * (place - Double(low))
  }

  public var mean: Double { values.reduce(0, +) / Double(values.count) }
}

extension DatasetSurvey {
  /// What was measured, in this order: size, sharpness, light, and the pose where labels know it.
  /// A measure without any value is left out.
  public var measures: [MeasuredValues] {
    let found = pictures.compactMap { $0 }
    func measured(_ name: String, _ unit: String, _ value: (PictureMeasures) -> Double)
      -> MeasuredValues
    { MeasuredValues(name, unit, found.map { value($0.measures) }) }
    func posed(_ name: String, _ angle: (HeadPose) -> Float) -> MeasuredValues {
      MeasuredValues(name, "degrees", found.compactMap { $0.labels.pose.map { Double(angle($0)) } })
    }
    let perPerson = (balances.first { $0.label == "identity" })?.counts.map { Double($0.count) }
    return [
      measured("width", "px") { Double($0.width) }, measured("height", "px") { Double($0.height) },
      measured("sharpness", "") { Double($0.sharpness) },
      measured("brightness", "0–255") { Double($0.brightness) },
      measured("contrast", "0–255") { Double($0.contrast) },
      measured("side light", "−1…1") { Double($0.sideLight) },
      posed("yaw") { $0.yaw }, posed("pitch") { $0.pitch }, posed("roll") { $0.roll },
      MeasuredValues("pictures a person", "", perPerson ?? []),
    ].filter { !$0.values.isEmpty }
  }
}
