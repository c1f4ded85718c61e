import Foundation

/// Stochastic gradient descent with momentum; weight decay is L2, added to the gradient.
///
/// u = g + λp; b ← μb + u; p ← p − η b, or with Nesterov p ← p − η (u + μb).
/// - Source: Sutskever et al. 2013; PyTorch's `SGD`, whose results these are. Checked by:
///   OptimizerTests.
public final class SGD: Optimizer {
  public let groups: [ParameterGroup]
  public let momentum: Double
  public let nesterov: Bool
  private let buffers: [[Tensor]]

  public init(
    _ groups: [ParameterGroup], momentum: Double = 0.9, nesterov: Bool = false
  ) throws {
    try requireDistinct(groups)
    (self.groups, self.momentum, self.nesterov) = (groups, momentum, nesterov)
    buffers = momentum == 0 ? groups.map { _ in [] } : try makeSlots(groups)
  }

  public func step(learningRate: Double) throws {
    for (group, buffers) in zip(groups, buffers) {
      let active = try ActiveParameters(group)
      let rate = learningRate * group.learningRateScale
      guard !active.parameters.isEmpty, group.learningRateScale != 0 else { continue }
      try update(active, active.matching(buffers), rate: rate, decay: group.weightDecay)
    }
  }

  /// Written out so that no list but the buffers is made: the terms of the update one by one.
  private func update(
    _ active: ActiveParameters, _ buffers: [Tensor], rate: Double, decay: Double
  ) throws {
    let (p, g) = (active.parameters, active.gradients)
    if momentum != 0 {
      try Foreach.multiply(buffers, by: momentum)
      try Foreach.add(buffers, g)
      if decay != 0 { try Foreach.add(buffers, p, scale: decay) }
      if !nesterov { return try Foreach.add(p, buffers, scale: -rate) }
    }
    if decay != 0 { try Foreach.multiply(p, by: 1 - rate * decay) }
    try Foreach.add(p, g, scale: -rate)
    if momentum != 0 { try Foreach.add(p, buffers, scale: -rate * momentum) }
  }

  public var state: [NamedTensor] { momentum == 0 ? [] : named("momentum", buffers, groups) }
}

/// Adam with decoupled weight decay.
///
/// p ← p (1 − ηλ); m ← β₁m + (1 − β₁)g; v ← β₂v + (1 − β₂)g²; then
/// p ← p − η/(1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε), with t counted for each parameter.
/// - Source: Loshchilov and Hutter 2019, arXiv:1711.05101; PyTorch's `AdamW`. Checked by:
///   OptimizerTests.
public final class AdamW: Optimizer {
  public let groups: [ParameterGroup]
  public let beta1: Double
  public let beta2: Double
  public let epsilon: Double
  private let first: [[Tensor]]
  private let second: [[Tensor]]
  /// Steps taken with each parameter, int64 scalars on the CPU.
  private let steps: [[Tensor]]

  public init(
    _ groups: [ParameterGroup], beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8
  ) throws {
    try requireDistinct(groups)
    (self.groups, self.beta1, self.beta2, self.epsilon) = (groups, beta1, beta2, epsilon)
    first = try makeSlots(groups)
    second = try makeSlots(groups)
    steps = try groups.map { try $0.parameters.map { _ in try .zeros([], dtype: .int64) } }
  }

  public func step(learningRate: Double) throws {
    for (index, group) in groups.enumerated() {
      let active = try ActiveParameters(group)
      let rate = learningRate * group.learningRateScale
      guard !active.parameters.isEmpty, group.learningRateScale != 0 else { continue }
      let m = active.matching(first[index])
      let v = active.matching(second[index])
      try Foreach.multiply(active.parameters, by: 1 - rate * group.weightDecay)
      try Foreach.lerp(m, active.gradients, weight: 1 - beta1)
      try Foreach.multiply(v, by: beta2)
      try Foreach.addSquare(v, of: active.gradients, scale: 1 - beta2)
      let t = try active.matching(steps[index]).map { try $0.add_(1).item() }
      try Foreach.adam(
        active.parameters, (m, v), scales: t.map { -rate / (1 - pow(beta1, $0)) },
        corrections: t.map { (1 - pow(beta2, $0)).squareRoot() }, epsilon: epsilon)
    }
  }

  public var state: [NamedTensor] {
    named("exp_avg", first, groups) + named("exp_avg_sq", second, groups)
      + named("step", steps, groups)
  }
}

/// SGD with momentum whose rate is scaled for each parameter by the ratio of norms (LARC).
///
/// r = τ‖p‖ / (‖g‖ + λ‖p‖ + ε); u = r (g + λp); b ← μb + u; p ← p − η b. Where ‖p‖ or ‖g‖ is 0,
/// u = g, as in the published code.
/// - Parameters: trust: τ; excludesVectors: biases and batch norms (rank ≤ 1) take u = g, neither
///   scaled nor decayed, as BYOL and SimCLR do; SwAV's published code scales them too.
/// - Source: You et al. 2017, arXiv:1708.03888, as in apex's LARC with clip off, which SwAV uses.
///   Checked by: OptimizerTests.
public final class LARS: Optimizer {
  public let groups: [ParameterGroup]
  public let momentum: Double
  public let trust: Double
  public let epsilon: Double
  public let excludesVectors: Bool
  private let buffers: [[Tensor]]

  public init(
    _ groups: [ParameterGroup], momentum: Double = 0.9, trust: Double = 0.001,
    epsilon: Double = 1e-8, excludesVectors: Bool = false
  ) throws {
    try requireDistinct(groups)
    (self.groups, self.momentum, self.trust) = (groups, momentum, trust)
    (self.epsilon, self.excludesVectors) = (epsilon, excludesVectors)
    buffers = try makeSlots(groups)
  }

  public func step(learningRate: Double) throws {
    for (group, buffers) in zip(groups, buffers) {
      let active = try ActiveParameters(group)
      let rate = learningRate * group.learningRateScale
      guard !active.parameters.isEmpty, group.learningRateScale != 0 else { continue }
      let b = active.matching(buffers)
      let scaled = active.parameters.indices.filter {
        !excludesVectors || active.parameters[$0].rank > 1
      }
      let plain = active.parameters.indices.filter { !scaled.contains($0) }
      try Foreach.multiply(b, by: momentum)
      if !scaled.isEmpty {
        let u = try scaledUpdate(
          scaled.map { active.parameters[$0] }, scaled.map { active.gradients[$0] },
          decay: group.weightDecay)
        try Foreach.add(scaled.map { b[$0] }, u)
      }
      if !plain.isEmpty {
        try Foreach.add(plain.map { b[$0] }, plain.map { active.gradients[$0] })
      }
      try Foreach.add(active.parameters, b, scale: -rate)
    }
  }

  /// r (g + λp), without waiting for the device: the norms stay there.
  private func scaledUpdate(_ p: [Tensor], _ g: [Tensor], decay: Double) throws -> [Tensor] {
    let parameterNorm = try Foreach.norms(p)
    let gradientNorm = try Foreach.norms(g)
    let one = try Tensor.ones([1], device: parameterNorm.device)
    let ratio = try parameterNorm * trust / (gradientNorm + parameterNorm * decay + epsilon)
    // ‖p‖ = 0: u = g. ‖g‖ = 0: u = g = 0, so no decay either.
    let ofParameter = try Tensor.where(parameterNorm.gt(0), ratio, one)
    let factors = try Tensor.where(gradientNorm.eq(0), one - 1, ofParameter)
    let u = try Foreach.scaledSum(p, scale: decay, g)
    try Foreach.multiply(u, byEach: factors)
    return u
  }

  public var state: [NamedTensor] { named("momentum", buffers, groups) }
}
