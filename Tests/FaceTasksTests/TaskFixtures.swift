import FaceData
import FaceModels
import Foundation
import Torch

@testable import FaceTasks

/// Faces of one bright square whose place is the label: 68 points around its centre.
struct SquareFaces: FaceDataset {
  let count: Int
  let people = 6
  var fingerprint: String { "squares" }
  var identityNames: [String] { (0..<people).map { "person \($0)" } }
  var pairs: [VerificationPair] { [] }
  var unusable: [UnusableSample] { [] }
  func id(at index: Int) -> String { "\(index)" }

  func centre(_ index: Int) -> SIMD2<Float> {
    SIMD2(Float(20 + (index * 7) % 24), Float(20 + (index * 11) % 24))
  }

  func labels(at index: Int) throws -> FaceLabels {
    // Two rings, so that eyes, box and pupils have a size.
    let points = (0..<68).map { point in
      let angle = Float(point) / 68 * 2 * .pi
      return centre(index) + SIMD2(cos(angle), sin(angle)) * 10
    }
    return FaceLabels(identity: index % people, landmarks: points)
  }

  func sample(at index: Int) throws -> FaceSample {
    var pixels = [UInt8](repeating: 30, count: 64 * 64 * 3)
    let centre = centre(index)
    for y in Int(centre.y) - 8..<Int(centre.y) + 8 {
      for x in Int(centre.x) - 8..<Int(centre.x) + 8 {
        pixels[(y * 64 + x) * 3 + index % 3] = 220
      }
    }
    return FaceSample(
      id: id(at: index), image: Image(width: 64, height: 64, pixels: pixels),
      labels: try labels(at: index))
  }
}

/// Options as a specification would have them.
struct TestOptions: OptionValues {
  var words = [
    "head": "heatmap", "loss": "smooth-l1", "features": "grid",
  ]
  var numbers = ["embedding": 16.0, "components": 10, "affect-weight": 1]

  func integer(_ name: String) throws -> Int { Int(try real(name)) }
  func real(_ name: String) throws -> Double {
    guard let value = numbers[name] else { throw Missing(name: name) }
    return value
  }
  func text(_ name: String) throws -> String {
    guard let value = words[name] else { throw Missing(name: name) }
    return value
  }
  func flag(_ name: String) throws -> Bool { throw Missing(name: name) }
  struct Missing: Error { let name: String }

  /// The words that fit a task, others than the first where asked for.
  static func of(_ task: any FaceTask.Type, head: String? = nil) -> TestOptions {
    var options = TestOptions()
    if task == ActionUnitTask.self { options.words["head"] = "regression" }
    if task == RecognitionTask.self { options.words["loss"] = "cosface" }
    if let head { options.words["head"] = head }
    return options
  }
}

/// A small face world, rendered once for all tests.
enum SmallWorld {
  static let size = 32
  static let count = 48
  static let faces: any FaceDataset = {
    let settings = FaceWorldSettings(
      profile: .studio, identities: 12, images: count, size: size, seed: 4)
    guard let world = try? FaceWorld(settings) else { return SquareFaces(count: count) }
    return DecodedCache(world)
  }()
  static var all: [Int] { Array(0..<count) }
  static let input = InputSettings(
    size: size, batch: 16, device: .cpu, precision: .float32)
}

func makeTask(
  _ type: any FaceTask.Type, options: TestOptions? = nil, of dataset: any FaceDataset,
  input: InputSettings, origin: TaskSetup.Origin? = nil, width: Int = 8
) throws -> any FaceTask {
  let generator = try Generator(seed: 2)
  return try type.init(
    TaskSetup(
      backbone: ResNet(depth: 18, width: width, stem: .small, generator: generator), input: input,
      options: options ?? .of(type), generator: generator,
      origin: origin ?? .labels(dataset: dataset, indices: Array(0..<dataset.count))))
}

/// Trains on all samples at once, without augmentation.
/// - Returns: the loss of each step.
func train(_ task: any FaceTask, on dataset: any FaceDataset, steps: Int, rate: Double = 3e-3)
  throws -> [Double]
{
  let parameters = (task.setup.backbone.state + task.headState.prefixed("head"))
    .filter { $0.kind == .parameter }
  let optimizer = try AdamW([
    ParameterGroup(parameters: parameters, learningRateScale: 1, weightDecay: 0)
  ])
  let batch = try LabelledCrop.batch(
    dataset, indices: Array(0..<dataset.count),
    settings: .evaluation(size: task.setup.input.size), seed: 0, epoch: 0)
  return try (0..<steps).map { _ in
    let loss = try task.loss(
      features: task.trainingFeatures(batch.view), samples: batch.samples)
    optimizer.clearGradients()
    try loss.backward()
    try optimizer.step(learningRate: rate)
    return try loss.item()
  }
}

/// Pairs of one person and of two in turn, in ten folds.
func pairs(of dataset: any FaceDataset, count: Int) throws -> [VerificationPair] {
  let people = try (0..<dataset.count).map { try dataset.labels(at: $0).identity ?? 0 }
  var kinds: [Bool: [(Int, Int)]] = [:]
  for gap in 1..<dataset.count {
    for first in 0..<dataset.count - gap {
      kinds[people[first] == people[first + gap], default: []].append((first, first + gap))
    }
  }
  return zip(kinds[true] ?? [], kinds[false] ?? []).prefix(count / 2).enumerated()
    .flatMap { place, pair in
      [(pair.0, true), (pair.1, false)].map { pair, isSame in
        VerificationPair(first: pair.0, second: pair.1, isSame: isSame, fold: place % 10)
      }
    }
}
