import Foundation

/// A learning rate as a pure function of the step (one step: one update, from 0).
public protocol Schedule: Sendable {
  func callAsFunction(_ step: Int) -> Double
}

public struct ConstantSchedule: Schedule, Hashable {
  public let base: Double
  public init(_ base: Double) { self.base = base }
  public func callAsFunction(_ step: Int) -> Double { base }
}

/// A linear rise over the first steps, then half a cosine from `base` to `final`.
///
/// Warm-up, s < w: start + (base − start) s / w. After it, with t = (s − w) / (T − w):
/// final + (base − final) (1 + cos πt) / 2. From step T on: final.
/// - Source: Loshchilov and Hutter 2017, arXiv:1608.03983, Eq. 5; SwAV's published schedule, but
///   there the warm-up is a linspace that reaches `base` one step earlier.
public struct CosineSchedule: Schedule, Hashable {
  public let base: Double
  public let final: Double
  public let warmupSteps: Int
  public let warmupStart: Double
  public let totalSteps: Int

  public init(
    base: Double, final: Double = 0, warmupSteps: Int = 0, warmupStart: Double = 0, totalSteps: Int
  ) {
    (self.base, self.final, self.totalSteps) = (base, final, totalSteps)
    (self.warmupSteps, self.warmupStart) = (warmupSteps, warmupStart)
  }

  public func callAsFunction(_ step: Int) -> Double {
    if step < warmupSteps {
      return warmupStart + (base - warmupStart) * Double(max(step, 0)) / Double(warmupSteps)
    }
    guard step < totalSteps else { return final }
    let progress = Double(step - warmupSteps) / Double(totalSteps - warmupSteps)
    return final + (base - final) * (1 + cos(.pi * progress)) / 2
  }
}

/// `base` times `factor` for every milestone that the step has reached.
public struct StepSchedule: Schedule, Hashable {
  public let base: Double
  public let factor: Double
  public let milestones: [Int]

  public init(base: Double, factor: Double = 0.1, milestones: [Int]) {
    (self.base, self.factor, self.milestones) = (base, factor, milestones)
  }

  public func callAsFunction(_ step: Int) -> Double {
    let reached = milestones.filter { step >= $0 }.count
    return base * pow(factor, Double(reached))
  }
}
