/// Tells when a training has collapsed: when its features say the same of every face.
///
/// Two signs: a loss that stays at the value that features without information give, such as SwAV's
/// ln K; and features that hardly differ in direction. Each is told once.
public struct CollapseWatch: Sendable {
  /// See `PretrainingMethod.uninformedLoss`.
  private let uninformedLoss: Double?
  /// Steps in a row that a sign must hold for.
  private let patience: Int
  private var stepsAtChance = 0
  private var stepsAlike = 0
  private var hasToldOfLoss = false
  private var hasToldOfSpread = false

  /// A loss within this share of the uninformed one tells nothing.
  static let lossShare = 0.005
  /// Spread below which features are taken for alike; independent ones have 1.
  static let leastSpread = 0.05

  public init(uninformedLoss: Double?, patience: Int = 200) {
    (self.uninformedLoss, self.patience) = (uninformedLoss, patience)
  }

  /// What there is to warn of after a step; nil for nothing new.
  ///
  /// - Parameter steps: steps since the last report with a spread.
  public mutating func warning(after report: StepReport, steps: Int = 1) -> String? {
    lossWarning(report.loss) ?? report.spread.flatMap { spreadWarning($0, steps: steps) }
  }

  private mutating func lossWarning(_ loss: Double) -> String? {
    guard let uninformedLoss, !hasToldOfLoss else { return nil }
    let isAtChance = abs(loss - uninformedLoss) <= Self.lossShare * uninformedLoss
    stepsAtChance = isAtChance ? stepsAtChance + 1 : 0
    guard stepsAtChance >= patience else { return nil }
    hasToldOfLoss = true
    return "the loss has stayed at \(rounded(uninformedLoss)) for \(patience) steps, which features"
      + " without information give: the training has collapsed or has not begun to learn;"
      + " try a lower epsilon or temperature, a longer warmup, or crops that overlap more"
  }

  private mutating func spreadWarning(_ spread: Double, steps: Int) -> String? {
    guard !hasToldOfSpread else { return nil }
    stepsAlike = spread < Self.leastSpread ? stepsAlike + steps : 0
    guard stepsAlike >= patience else { return nil }
    hasToldOfSpread = true
    return "the features differ by only \(rounded(100 * spread))% of what independent ones would,"
      + " for \(stepsAlike) steps: the training has collapsed; lower learning-rate, or compare"
      + " feature-spread with another method's"
  }

  private func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
