public import FaceData
public import FaceModels
public import Torch

extension OptionValues {
  /// A word of a closed list, as the enumeration that stands for it.
  public func choice<T: RawRepresentable>(_ name: String, as type: T.Type) throws -> T
  where T.RawValue == String {
    let word = try text(name)
    guard let value = T(rawValue: word) else {
      throw FaceTaskError(code: .badOption, message: "option \(name) has no value \(word)")
    }
    return value
  }
}

/// What a task is built from.
public struct TaskSetup {
  public enum Origin {
    /// The labelled samples of a data set: sizes and starting values come from them.
    case labels(dataset: any FaceDataset, indices: [Int])
    /// The head's tensors as a finished run left them; the task loads them after it is built.
    case weights([String: Tensor])
  }

  public let backbone: any Backbone
  public let input: InputSettings
  public let options: any OptionValues
  public let generator: Generator
  public let origin: Origin

  public init(
    backbone: any Backbone, input: InputSettings, options: any OptionValues, generator: Generator,
    origin: Origin
  ) {
    (self.backbone, self.input, self.options) = (backbone, input, options)
    (self.generator, self.origin) = (generator, origin)
  }

  /// The mean of a vector over the labelled samples, NaN left out: where a head starts.
  ///
  /// For weights that are there it is zeros of the length of `fc.bias`.
  public func startingMean(_ target: (TaskSample) throws -> [Float]?) throws -> [Float] {
    switch origin {
    case .labels(let dataset, let indices):
      return try meanTarget(of: indices, in: dataset, size: input.size, target)
    case .weights(let state):
      return [Float](repeating: 0, count: try Self.tensor("fc.bias", in: state).elementCount)
    }
  }

  static func tensor(_ name: String, in state: [String: Tensor]) throws -> Tensor {
    guard let tensor = state[name] else {
      throw FaceTaskError(
        code: .badOption, message: "the model has no \(name): it was adapted to another task")
    }
    return tensor
  }
}

/// The mean of what `target` gives over samples without augmentation; NaN is left out, and a number
/// that no sample has is 0.
///
/// - Throws: `FaceTaskError.missingLabels` where no sample has a target.
public func meanTarget(
  of indices: [Int], in dataset: any FaceDataset, size: Int,
  _ target: (TaskSample) throws -> [Float]?
) throws -> [Float] {
  var sums: [Float] = []
  var counts: [Float] = []
  // In one order, so that the same samples give the same sum to the last bit.
  for index in indices.sorted() {
    let batch = try LabelledCrop.batch(
      dataset, indices: [index], settings: .evaluation(size: size), seed: 0, epoch: 0)
    guard let row = try target(batch.samples[0]) else { continue }
    if sums.isEmpty {
      (sums, counts) = (row.map { _ in 0 }, row.map { _ in 0 })
    }
    for (column, value) in row.enumerated() where !value.isNaN {
      sums[column] += value
      counts[column] += 1
    }
  }
  guard !sums.isEmpty else {
    throw FaceTaskError(
      code: .missingLabels, message: "none of the \(indices.count) labelled samples has the label")
  }
  return zip(sums, counts).map { $1 > 0 ? $0 / $1 : 0 }
}
