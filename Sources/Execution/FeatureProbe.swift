import FaceData
import FaceModels
import Statistics
import Torch

/// How good features are while they are being learnt: what the nearest neighbours of a face say of
/// it. Cheap, without training, and always on the same faces.
struct FeatureProbe {
  enum Question: String {
    /// Whose face? The identity of the nearest other picture.
    case knn
    /// Where are the landmarks? The mean of five neighbours'.
    case landmarks
  }

  /// Epochs between two probes.
  let epochs: Int
  private let question: Question
  private let samples: [Int]
  private let labels: [FaceLabels]
  private let dataset: any FaceDataset
  private let (size, batch): (Int, Int)
  private let device: Device
  private let precision: Precision
  private static let mostSamples = 1000
  private static let picturesPerIdentity = 4
  private static let neighbours = 5

  /// - Returns: nil where none is asked for.
  /// - Throws: `EngineError.tooFewSamples` where the set has not the labels.
  init?(_ context: JobContext) throws {
    let options = context.options
    guard let question = Question(rawValue: try options.text("probe")) else { return nil }
    self.question = question
    epochs = try options.integer("probe-every")
    (dataset, size, batch) = (context.dataset, try options.integer("size"), 64)
    device = try options.device()
    precision = try options.precision(on: device)
    let all = try (0..<dataset.count).map { try context.dataset.labels(at: $0) }
    samples = Self.choose(all, question)
    guard samples.count > Self.neighbours else {
      let need = question == .knn ? "people with two pictures" : "faces with 68 landmarks"
      throw EngineError(
        .tooFewSamples, "probe: \(question.rawValue) needs more \(need) than the data set has")
    }
    labels = samples.map { all[$0] }
  }

  var metric: String {
    question == .knn ? "probe.accuracy[1-nn]" : "probe.nme[inter-ocular,5-nn]"
  }

  func isBetter(_ value: Double, than other: Double) -> Bool {
    question == .knn ? value > other : value < other
  }

  /// The same faces for every run on a set, whatever its seed.
  private static func choose(_ labels: [FaceLabels], _ question: Question) -> [Int] {
    let order = EpochOrder.indices(seed: 0, epoch: 0, count: labels.count)
    switch question {
    case .landmarks:
      return Array(order.filter { labels[$0].landmarks?.count == 68 }.prefix(mostSamples))
    case .knn:
      let people = Dictionary(grouping: order.filter { labels[$0].identity != nil }) {
        labels[$0].identity ?? 0
      }
      return Array(
        people.sorted { $0.key < $1.key }.map(\.value).filter { $0.count > 1 }
          .flatMap { $0.prefix(picturesPerIdentity) }.prefix(mostSamples))
    }
  }

  func value(of backbone: any Backbone) throws -> Double {
    let features = try features(of: backbone)
    let similarity = try features.matmul(features.transposed())
    let own = try Tensor.arange(samples.count).oneHot(samples.count, dtype: .float32) * 4
    let others = try similarity - own.to(similarity.device)
    switch question {
    case .knn: return try accuracy(others)
    case .landmarks: return try landmarkError(others)
    }
  }

  /// Centred features of unit length `[N, D]`.
  private func features(of backbone: any Backbone) throws -> Tensor {
    try withoutGradient {
      var rows: [Tensor] = []
      for start in stride(from: 0, to: samples.count, by: batch) {
        let part = Array(samples[start..<min(start + batch, samples.count)])
        let view = try LabelledCrop.batch(
          dataset, indices: part, settings: .evaluation(size: size), seed: 0, epoch: 0
        ).view
        let images = try normalizedImages(
          bytes: view.pixels, count: view.count, size: size, device: device)
        rows.append(
          try withAutocast(precision, device: device) { try backbone(images, training: false) }
            .to(.float32))
      }
      let all = try Tensor.cat(rows)
      return try (all - all.mean([0], keepDimension: true)).l2Normalized(1)
    }
  }

  private func accuracy(_ similarity: Tensor) throws -> Double {
    let nearest = try similarity.argmax(1).int64s()
    let right = nearest.indices.filter { labels[$0].identity == labels[Int(nearest[$0])].identity }
    return Double(right.count) / Double(nearest.count)
  }

  private func landmarkError(_ similarity: Tensor) throws -> Double {
    let nearest = try similarity.topk(Self.neighbours, dim: 1).indices.int64s()
    let errors = try labels.indices.map { face in
      let neighbours = nearest[face * Self.neighbours..<(face + 1) * Self.neighbours]
        .compactMap { labels[Int($0)].landmarks }
      let truth = labels[face].landmarks ?? []
      let mean = truth.indices.map { point in
        neighbours.reduce(SIMD2<Float>.zero) { $0 + $1[point] } / Float(neighbours.count)
      }
      return try normalizedMeanError(predicted: mean, truth: truth, normalizer: .interOcular)
    }
    return errors.reduce(0, +) / Double(errors.count)
  }
}
