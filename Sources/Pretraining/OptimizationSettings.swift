public import FaceModels
import Foundation
public import Torch

/// How weights are updated, the same for every method.
public struct OptimizationSettings: Sendable, Hashable {
  public enum Rule: String, Sendable, CaseIterable {
    /// Momentum 0.9.
    case sgd
    /// SGD whose rate is scaled by ‖weight‖/‖gradient‖; biases and norms are left out, as in BYOL
    /// and SimCLR.
    case lars
    /// The same for every parameter, and with weight decay on all: SwAV's SGD with apex's LARC.
    case larc
    case adamw
  }

  public var rule: Rule
  /// Peak of the schedule.
  public var learningRate: Double
  /// Share of the steps with a linearly rising rate.
  public var warmup: Double
  public var weightDecay: Double
  /// The most that the gradients' joint norm may be; 0 leaves them as they are.
  public var clip: Double
  /// Parts that a batch is computed in, one after the other; their gradients add up.
  public var accumulation: Int
  /// Decay of a moving average of the backbone's weights, which is what is kept in the end; 0 keeps
  /// the weights themselves.
  public var average: Double
  /// The rate of each of the backbone's parts as a multiple of the next one's; 1 is the same rate for all.
  public var layerDecay: Double

  public init(
    rule: Rule, learningRate: Double, warmup: Double = 0, weightDecay: Double = 0,
    clip: Double = 0, accumulation: Int = 1, average: Double = 0, layerDecay: Double = 1
  ) {
    (self.rule, self.learningRate, self.warmup) = (rule, learningRate, warmup)
    (self.weightDecay, self.clip) = (weightDecay, clip)
    (self.accumulation, self.average, self.layerDecay) = (accumulation, average, layerDecay)
  }

  public init(_ options: any OptionValues) throws {
    let name = try options.text("optimizer")
    guard let rule = Rule(rawValue: name) else {
      throw PretrainingError(code: .badSettings, message: "there is no optimizer \(name)")
    }
    self.init(
      rule: rule, learningRate: try options.real("learning-rate"),
      warmup: try options.real("warmup"), weightDecay: try options.real("weight-decay"),
      clip: try options.real("clip"), accumulation: try options.integer("accumulate"),
      average: try options.real("average"), layerDecay: try options.real("layer-decay"))
  }

  /// The update rule over these parameters; but for LARC, batch-norm gains and all biases are not
  /// decayed.
  ///
  /// - Parameter parts: the backbone's from its input to its output, for `layerDecay`: the rate of the
  ///   last of n and of everything that is in none is the schedule's, of part p decay^(n − 1 − p) of it.
  /// - Parameter scaled: whose rate is a multiple of that.
  public func makeOptimizer(
    _ parameters: [NamedTensor], parts: [[NamedTensor]] = [], scaled: [ScaledRate] = []
  ) throws -> any Optimizer {
    let rates = rates(parameters, parts, scaled)
    let groups = rates.flatMap {
      ParameterGroup.decayingOnlyWeights(
        $0.parameters, weightDecay: weightDecay, learningRateScale: $0.scale)
    }
    switch rule {
    case .sgd: return try SGD(groups, momentum: 0.9)
    case .lars: return try LARS(groups, momentum: 0.9, excludesVectors: true)
    case .larc:
      let all = rates.map {
        ParameterGroup(
          parameters: $0.parameters, learningRateScale: $0.scale, weightDecay: weightDecay)
      }
      return try LARS(all, momentum: 0.9)
    case .adamw: return try AdamW(groups)
    }
  }

  private func rates(
    _ parameters: [NamedTensor], _ parts: [[NamedTensor]], _ scaled: [ScaledRate]
  ) -> [(parameters: [NamedTensor], scale: Double)] {
    var scales: [ObjectIdentifier: Double] = [:]
    for (part, own) in parts.enumerated() {
      let scale = pow(layerDecay, Double(parts.count - 1 - part))
      for entry in own { scales[ObjectIdentifier(entry.tensor)] = scale }
    }
    for group in scaled {
      for entry in group.parameters {
        scales[ObjectIdentifier(entry.tensor), default: 1] *= group.scale
      }
    }
    func scale(_ entry: NamedTensor) -> Double { scales[ObjectIdentifier(entry.tensor)] ?? 1 }
    return Set(parameters.map(scale)).sorted(by: >).map { each in
      (parameters.filter { scale($0) == each }, each)
    }
  }

  /// The rate of a step: linear warm-up, then a cosine to a thousandth (Caron et al. 2020, App. A).
  public func learningRate(at position: StepPosition) -> Double {
    CosineSchedule(
      base: learningRate, final: learningRate / 1000,
      warmupSteps: Int(warmup * Double(position.totalSteps)), totalSteps: position.totalSteps
    )(position.step)
  }
}

/// Parameters whose learning rate is a multiple of the schedule's.
public struct ScaledRate {
  public let parameters: [NamedTensor]
  public let scale: Double

  public init(_ parameters: [NamedTensor], scale: Double) {
    (self.parameters, self.scale) = (parameters, scale)
  }
}
