import CTorch

/// Parameters that share their settings.
public struct ParameterGroup {
  public var parameters: [NamedTensor]
  /// Times the step's learning rate; 0 leaves the parameters as they are.
  public var learningRateScale: Double
  public var weightDecay: Double

  public init(
    parameters: [NamedTensor], learningRateScale: Double = 1, weightDecay: Double = 0
  ) {
    self.parameters = parameters.filter { $0.kind == .parameter }
    (self.learningRateScale, self.weightDecay) = (learningRateScale, weightDecay)
  }
}

/// A rule that updates parameters from their gradients.
///
/// A parameter without a gradient is skipped, as in PyTorch. The learning rate is an argument of
/// the step: schedules are functions, not state.
public protocol Optimizer: AnyObject {
  var groups: [ParameterGroup] { get }
  func step(learningRate: Double) throws
  /// Momenta and step counts, named by parameter: with the parameters, all that a resumed run needs.
  var state: [NamedTensor] { get }
}

extension Optimizer {
  public var parameters: [NamedTensor] { groups.flatMap(\.parameters) }

  public func clearGradients() {
    parameters.map(\.tensor).withHandles { ft_foreach_clear_gradients($0) }
  }

  /// Takes over a state that `state` gave; the next step equals that of an unbroken run.
  /// - Throws: `TensorError.stateMismatch`, naming what does not fit; nothing is loaded then.
  public func load(_ state: [String: Tensor]) throws {
    try copyState(state, into: self.state, strict: true)
  }

  public func load(_ state: [NamedTensor]) throws { try load(state.dictionary) }
}

/// The parameters of one group that have a gradient, and what belongs to them.
struct ActiveParameters {
  let indices: [Int]
  let parameters: [Tensor]
  let gradients: [Tensor]

  init(_ group: ParameterGroup) throws {
    let all = group.parameters.map(\.tensor)
    indices = all.indices.filter { all[$0].hasGradient }
    parameters = indices.map { all[$0] }
    gradients = try Foreach.gradients(parameters)
  }

  /// The slots of these parameters; none when the optimizer keeps no slots.
  func matching(_ slots: [Tensor]) -> [Tensor] {
    slots.isEmpty ? [] : indices.map { slots[$0] }
  }
}

/// Zeros beside every parameter, by group.
func makeSlots(_ groups: [ParameterGroup]) throws -> [[Tensor]] {
  try groups.map { group in try group.parameters.map { try Tensor.zerosLike($0.tensor) } }
}

/// `slots` as named state: `momentum.layer1.0.conv1.weight`.
func named(_ kind: String, _ slots: [[Tensor]], _ groups: [ParameterGroup]) -> [NamedTensor] {
  zip(groups, slots).flatMap { group, tensors in
    zip(group.parameters, tensors).map { NamedTensor("\(kind).\($0.name)", $1, .buffer) }
  }
}

/// - Throws: `TensorError.invalidArgument` when a tensor or a name occurs twice: its state would be
///   kept under one name, and it would be updated twice a step.
func requireDistinct(_ groups: [ParameterGroup]) throws {
  var names = Set<String>()
  var tensors = Set<ObjectIdentifier>()
  for item in groups.flatMap(\.parameters) {
    guard names.insert(item.name).inserted, tensors.insert(ObjectIdentifier(item.tensor)).inserted
    else {
      throw TensorError(
        .invalidArgument,
        "the optimizer got “\(item.name)” twice; prefix names that belong to several networks")
    }
  }
}

/// Multiplies the gradients by a factor.
///
/// - Returns: their joint Euclidean norm ‖g‖₂ after it; it is not finite where a gradient is not.
public func scaleGradients(_ parameters: [NamedTensor], by factor: Double) throws -> Double {
  let gradients = try Foreach.gradients(parameters.map(\.tensor).filter(\.hasGradient))
  guard !gradients.isEmpty else { return 0 }
  try Foreach.multiply(gradients, by: factor)
  return try Foreach.norms(gradients).norm().item()
}

/// Scales the gradients so that their joint Euclidean norm is at most `norm`.
///
/// g ← g · min(1, norm / (‖g‖₂ + 1e-6)), PyTorch's clip_grad_norm_.
/// - Returns: ‖g‖₂ before clipping; NaN or infinite gradients show in it.
@discardableResult
public func clipGradients(_ parameters: [NamedTensor], norm: Double) throws -> Double {
  let gradients = try Foreach.gradients(parameters.map(\.tensor).filter(\.hasGradient))
  guard !gradients.isEmpty else { return 0 }
  let total = try Foreach.norms(gradients).norm()
  let coefficient = try (norm / (total + 1e-6)).clamp(high: 1)
  try Foreach.multiply(gradients, by: coefficient)
  return try total.item()
}
