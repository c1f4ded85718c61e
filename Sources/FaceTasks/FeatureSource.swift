public import FaceData
public import FaceModels
public import Torch

/// Gives the features of samples without augmentation, batch by batch.
public protocol FeatureSource {
  var dataset: any FaceDataset { get }
  /// Calls `body` with the features of some samples at a time, in the order of `indices`. The list
  /// is `FeatureKind.features`, followed by the same of the mirror images where they are wanted.
  func forEachBatch(_ indices: [Int], _ body: ([Tensor], [TaskSample]) throws -> Void) throws
}

extension FeatureSource {
  /// A row of `answer` for each sample.
  func answers(_ indices: [Int], _ answer: ([Tensor]) throws -> Tensor) throws -> TaskPredictions {
    var (samples, rows): ([TaskSample], [[Float]]) = ([], [])
    try forEachBatch(indices) { features, part in
      samples += part
      rows += try answer(features).rows()
    }
    return TaskPredictions(samples: samples, rows: rows)
  }
}

extension Tensor {
  /// The rows of `[N, D]`.
  func rows() throws -> [[Float]] {
    let (values, width) = (try floats(), shape[1])
    return (0..<shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
  }
}

/// Features computed when they are asked for, with the backbone as it is then.
public struct LiveFeatures: FeatureSource {
  public let dataset: any FaceDataset
  let backbone: any Backbone
  let kind: FeatureKind
  let withMirror: Bool
  let input: InputSettings

  public init(
    dataset: any FaceDataset, backbone: any Backbone, kind: FeatureKind, withMirror: Bool,
    input: InputSettings
  ) {
    (self.dataset, self.backbone, self.kind) = (dataset, backbone, kind)
    (self.withMirror, self.input) = (withMirror, input)
  }

  public func forEachBatch(
    _ indices: [Int], _ body: ([Tensor], [TaskSample]) throws -> Void
  ) throws {
    for start in stride(from: 0, to: indices.count, by: input.batch) {
      let part = Array(indices[start..<min(start + input.batch, indices.count)])
      let batch = try LabelledCrop.batch(
        dataset, indices: part, settings: .evaluation(size: input.size), seed: 0, epoch: 0)
      try body(try withoutGradient { try features(input.images(batch.view)) }, batch.samples)
    }
  }

  private func features(_ images: Tensor) throws -> [Tensor] {
    let plain = try kind.features(backbone, images, input: input, training: false)
    guard withMirror else { return plain }
    return plain
      + (try kind.features(backbone, images.flipped(3), input: input, training: false))
  }
}
