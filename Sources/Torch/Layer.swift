/// A tensor that a layer owns, under PyTorch's name for it.
public struct NamedTensor {
  public enum Kind: Sendable {
    /// Learnt by gradient descent.
    case parameter
    /// Kept beside: running statistics, counters, fixed tables.
    case buffer
  }

  public let name: String
  public let tensor: Tensor
  public let kind: Kind

  public init(_ name: String, _ tensor: Tensor, _ kind: Kind = .parameter) {
    (self.name, self.tensor, self.kind) = (name, tensor, kind)
  }
}

/// A function with tensors of its own.
///
/// `training` is an argument, not a mode: batch norm uses the batch's statistics when it holds.
public protocol Layer: AnyObject {
  func callAsFunction(_ x: Tensor, training: Bool) throws -> Tensor
  /// Every parameter and buffer with PyTorch's names, in PyTorch's order.
  var state: [NamedTensor] { get }
}

/// What `load` found when it is not strict.
public struct LoadReport: Sendable {
  /// Names of the layer that the state lacks.
  public let missing: [String]
  /// Names of the state that the layer lacks.
  public let unexpected: [String]
}

extension Array where Element == NamedTensor {
  /// The same tensors named `prefix.name`.
  public func prefixed(_ prefix: String) -> [NamedTensor] {
    map { NamedTensor("\(prefix).\($0.name)", $0.tensor, $0.kind) }
  }

  public var dictionary: [String: Tensor] {
    Dictionary(map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
  }
}

extension Layer {
  public var parameters: [NamedTensor] { state.filter { $0.kind == .parameter } }

  /// The tensors themselves by name (not copies).
  public func stateDictionary() -> [String: Tensor] { state.dictionary }

  /// Takes over the values of `state`; types and devices are converted, shapes must be equal.
  ///
  /// - Parameters: strict: every name must be on both sides.
  /// - Throws: `TensorError.stateMismatch`, naming what is missing, unexpected or of another shape;
  ///   nothing is loaded then.
  @discardableResult
  public func load(_ state: [String: Tensor], strict: Bool = true) throws -> LoadReport {
    try copyState(state, into: self.state, strict: strict)
  }

  /// Moves every tensor to a device, and four-dimensional ones to a memory order.
  ///
  /// Do so before making an optimizer: its own tensors stay where they are. Gradients are dropped.
  public func move(to device: Device, format: MemoryFormat? = nil) throws {
    for item in state {
      var moved = try item.tensor.detached().to(device)
      if let format, moved.rank == 4 { moved = try moved.contiguous(format) }
      try item.tensor.replace(with: moved)
    }
  }

  /// Converts every floating-point tensor, as for a check in float64; counters stay integers.
  public func move(to dtype: DType) throws {
    for item in state where item.tensor.dtype.isFloatingPoint {
      try item.tensor.replace(with: item.tensor.detached().to(dtype))
    }
  }

  public func move(to format: MemoryFormat) throws {
    for item in state where item.tensor.rank == 4 {
      try item.tensor.replace(with: item.tensor.detached().contiguous(format))
    }
  }

  /// Whether `backward()` computes gradients of the parameters; false freezes them.
  public func setRequiresGradient(_ on: Bool) {
    for item in parameters { item.tensor.requiresGradient = on }
  }

  public func clearGradients() {
    for item in parameters { item.tensor.clearGradient() }
  }

  /// The number of learnt values.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.tensor.elementCount } }
}

/// Copies tensors by name, after checking that all fit.
@discardableResult
func copyState(
  _ source: [String: Tensor], into target: [NamedTensor], strict: Bool
) throws -> LoadReport {
  let names = Set(target.map(\.name))
  let missing = target.map(\.name).filter { source[$0] == nil }
  let unexpected = source.keys.filter { !names.contains($0) }.sorted()
  let misfits = target.compactMap { item -> String? in
    guard let given = source[item.name], given.shape != item.tensor.shape else { return nil }
    return "\(item.name) (\(given.shape) given, \(item.tensor.shape) needed)"
  }
  var reasons: [String] = []
  if strict, !missing.isEmpty { reasons.append("missing: " + abbreviated(missing)) }
  if strict, !unexpected.isEmpty { reasons.append("unexpected: " + abbreviated(unexpected)) }
  if !misfits.isEmpty { reasons.append("of another shape: " + abbreviated(misfits)) }
  guard reasons.isEmpty else {
    throw TensorError(
      .stateMismatch, "the state does not fit the network; " + reasons.joined(separator: "; "))
  }
  try withoutGradient {
    for item in target {
      if let given = source[item.name] { try item.tensor.copy_(from: given) }
    }
  }
  return LoadReport(missing: missing, unexpected: unexpected)
}

private func abbreviated(_ names: [String]) -> String {
  let shown = names.prefix(8).joined(separator: ", ")
  return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
}
