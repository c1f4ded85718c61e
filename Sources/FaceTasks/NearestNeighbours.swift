import Torch

/// Answers from the labelled samples whose frozen features are nearest: no training at all.
///
/// A sample's answer is the mean of its k nearest targets by the cosine of pooled features, weighted
/// with exp(cos / τ). For a task that compares people the feature itself is the answer.
/// - Source: Wu et al. 2018, arXiv:1805.01978, §3.4 (weighted k-NN, τ = 0.07); for targets that are
///   no classes the same weights average them.
public struct NearestNeighbours {
  private let features: Tensor
  private let centre: Tensor
  /// Targets with 0 for what is missing, and 1 where it is there.
  private let targets: (values: Tensor, known: Tensor)?
  private let fallback: [Float]
  static let temperature = 0.07

  /// - Parameters: source: of `pooled` features, with mirror images for a task that compares people.
  public init(task: any FaceTask, labelled: [Int], source: any FeatureSource) throws {
    var (parts, rows): ([Tensor], [[Float]]) = ([], [])
    try withoutGradient {
      try source.forEachBatch(labelled) { features, samples in
        parts.append(try flipSum(features).to(.cpu))
        for place in samples.indices {
          guard let row = try task.target(samples[place]) else { continue }
          rows.append(row)
        }
      }
    }
    let all = try Tensor.cat(parts, dim: 0)
    centre = try all.mean([0], keepDimension: true)
    features = try (all - centre).l2Normalized(1)
    guard rows.count == all.shape[0], let width = rows.first?.count else {
      guard rows.isEmpty else {
        throw FaceTaskError(
          code: .missingLabels,
          message: "\(all.shape[0] - rows.count) of \(all.shape[0]) labelled samples lack the"
            + " label: nearest neighbours need it of all")
      }
      (targets, fallback) = (nil, [])
      return
    }
    let flat = rows.flatMap { $0 }
    let values = try Tensor(flat.map { $0.isNaN ? 0 : $0 }, shape: [rows.count, width])
    let known = try Tensor(flat.map { $0.isNaN ? Float(0) : 1 }, shape: [rows.count, width])
    targets = (values, known)
    fallback = try (values.sum([0]) / known.sum([0]).clamp(low: 1)).floats()
  }

  /// - Parameter neighbours: k ≥ 1; at most the labelled samples.
  public func answers(_ indices: [Int], neighbours k: Int, source: any FeatureSource) throws
    -> TaskPredictions
  {
    try withoutGradient {
      try source.answers(indices) { features in
        let query = try (flipSum(features).to(.cpu) - centre).l2Normalized(1)
        guard let targets else { return query }
        return try mean(of: targets, near: query, k: min(max(k, 1), self.features.shape[0]))
      }
    }
  }

  private func mean(
    of targets: (values: Tensor, known: Tensor), near query: Tensor, k: Int
  ) throws -> Tensor {
    let (cosines, places) = try query.matmul(features.transposed(0, 1)).topk(k, dim: 1)
    let count = query.shape[0]
    // exp((cos − max) / τ): the largest weight is 1.
    let weights = try ((cosines - cosines.max([1], keepDimension: true)) / Self.temperature)
      .exp().unsqueezed(2)  // [N, k, 1]
    let index = try places.reshaped([count * k])
    let width = targets.values.shape[1]
    let values = try targets.values.indexSelect(0, index).reshaped([count, k, width])
    let known = try targets.known.indexSelect(0, index).reshaped([count, k, width])
    let sum = try (values * weights).sum([1])
    let weight = try (known * weights).sum([1])
    let mean = try sum / weight.clamp(low: 1e-12)
    let rest = try Tensor(fallback, shape: [1, width]).expanded([count, width])
    return try Tensor.where(weight.gt(1e-9), mean, rest)
  }
}
