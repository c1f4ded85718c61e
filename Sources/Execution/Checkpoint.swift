import Digests
public import Foundation
public import Torch

/// A training's whole state at a step boundary, in one safetensors file written atomically: an
/// interrupted run that goes on from it ends with the weights of an unbroken one.
public struct Checkpoint {
  /// Optimizer updates done.
  public let step: Int
  public let tensors: [String: Tensor]
  /// Small facts of the loop beside the step: best validation value so far, and the like.
  public let notes: [String: String]

  private static let stepKey = "step"
  private static let ownerKey = "cache-key"
  private static let hashKey = "tensors-sha256"

  /// - Parameter owner: the run's cache key; a checkpoint is never read into another run.
  public static func save(
    step: Int, owner: String, state: [NamedTensor], notes: [String: String] = [:], to file: URL
  ) throws {
    var metadata = notes
    metadata[stepKey] = String(step)
    metadata[ownerKey] = owner
    let tensors = Dictionary(uniqueKeysWithValues: state.map { ($0.name, $0.tensor) })
    metadata[hashKey] = try hash(of: tensors)
    try Safetensors.save(tensors, metadata: metadata, to: file)
  }

  /// - Returns: nil where there is no file.
  /// - Throws: `EngineError.badCheckpoint` for another run's file, `TensorError` for a damaged one.
  public static func load(_ file: URL, owner: String) throws -> Checkpoint? {
    guard FileManager.default.fileExists(atPath: file.path) else { return nil }
    let (tensors, metadata) = try Safetensors.load(file)
    guard metadata[ownerKey] == owner, let step = metadata[stepKey].flatMap(Int.init) else {
      throw EngineError(
        .badCheckpoint, "\(file.path) is not a checkpoint of this run: delete it to start anew")
    }
    guard try metadata[hashKey] == hash(of: tensors) else {
      throw EngineError(
        .badCheckpoint,
        "\(file.path) has changed since it was written: the disk may be failing; delete it to start"
          + " anew")
    }
    return Checkpoint(step: step, tensors: tensors, notes: metadata)
  }

  /// SHA-256 over names and bytes.
  private static func hash(of tensors: [String: Tensor]) throws -> String {
    var hasher = SHA256Hasher()
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      hasher.update(name)
      hasher.update(try tensor.data())
    }
    return hasher.finalize().hex
  }

  /// Copies the checkpoint's values into these tensors.
  ///
  /// - Throws: `EngineError.badCheckpoint` naming the first tensor that is missing.
  public func restore(_ state: [NamedTensor]) throws {
    try withoutGradient {
      for entry in state {
        guard let saved = tensors[entry.name] else {
          throw EngineError(.badCheckpoint, "the checkpoint lacks \(entry.name)")
        }
        _ = try entry.tensor.copy_(from: saved)
      }
    }
  }
}
