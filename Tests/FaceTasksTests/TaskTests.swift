import FaceData
import FaceModels
import Foundation
import Testing
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

let taskInput = InputSettings(size: 64, batch: 7, device: .cpu, precision: .float32)

struct LandmarkTaskTests {
  let faces = SquareFaces(count: 40)

  func makeTask(input: InputSettings = taskInput) throws -> LandmarkTask {
    let generator = try Generator(seed: 2)
    return try LandmarkTask(
      backbone: ResNet(depth: 18, width: 8, generator: generator), headInput: .grid,
      meanShape: meanShape(Array(0..<40), of: faces, size: 64), input: input,
      generator: generator)
  }

  @Test("an untrained head predicts the mean shape, so its error is the baseline's")
  func startsAtMeanShape() throws {
    let task = try makeTask()
    let own = try task.evaluate(EvaluationSplit(indices: Array(0..<10)), of: faces)
    let shape = try meanShape(Array(0..<40), of: faces, size: 64)
    let baseline = try meanShapeBaseline(shape, on: Array(0..<10), of: faces, size: 64)
    for (metric, wanted) in zip(own.metrics, baseline) {
      #expect(metric.name == wanted.name && metric.count == 10)
      #expect(abs(metric.value - wanted.value) < 1e-2)
    }
    #expect(own.value(of: "nme[inter-ocular]").map { $0 > 10 } == true)
  }

  @Test("the mean shape of the same samples is the same to the last bit, in whatever order")
  func meanShapeOrder() throws {
    let shape = try meanShape(Array(0..<40), of: faces, size: 48)
    #expect(try meanShape(Array((0..<40).reversed()), of: faces, size: 48) == shape)
    let expected = try (0..<40).reduce(SIMD2<Float>.zero) {
      try $0 + (#require(try faces.labels(at: $1).landmarks)[0])
    }
    let first = shape[0] * 64 * 40
    #expect(abs(first.x - expected.x) < 0.1 && abs(first.y - expected.y) < 0.1)
  }

  @Test("training on the labels brings the error far below the mean shape's")
  func learns() throws {
    let task = try makeTask()
    let split = EvaluationSplit(indices: Array(0..<40))
    let before = try #require(try task.evaluate(split, of: faces).value(of: "nme[inter-ocular]"))
    let parameters = (task.backbone.state + task.headState).filter { $0.kind == .parameter }
    let optimizer = try AdamW([
      ParameterGroup(parameters: parameters, learningRateScale: 1, weightDecay: 0)
    ])
    let batch = try LabelledCrop.batch(
      faces, indices: Array(0..<40), settings: .evaluation(size: 64), seed: 0, epoch: 0)
    for _ in 0..<60 {
      let features = try task.features(taskInput.images(batch.view), training: true)
      let loss = try task.loss(features: features, labels: batch.labels, size: 64)
      optimizer.clearGradients()
      try loss.backward()
      try optimizer.step(learningRate: 3e-3)
    }
    let after = try #require(try task.evaluate(split, of: faces).value(of: "nme[inter-ocular]"))
    #expect(after < before / 2, "before \(before), after \(after)")
  }

  @Test("evaluation does not depend on the batch size", arguments: [1, 3, 40])
  func batchSizeDoesNotMatter(batch: Int) throws {
    var input = taskInput
    input.batch = batch
    let split = EvaluationSplit(indices: Array(0..<12))
    let one = try makeTask().evaluate(split, of: faces)
    let other = try makeTask(input: input).evaluate(split, of: faces)
    for (a, b) in zip(one.metrics, other.metrics) { #expect(abs(a.value - b.value) < 1e-3) }
  }

  @Test("predictions and truth are in the picture's own pixels")
  func coordinates() throws {
    var input = taskInput
    input.size = 32  // pictures are 64 px: points must come back doubled
    let task = try makeTask(input: input)
    let evaluation = try task.evaluate(EvaluationSplit(indices: [5]), of: faces)
    let prediction = try #require(evaluation.predictions.first)
    let truth = try #require(try faces.labels(at: 5).landmarks)
    for (a, b) in zip(prediction.truth, truth) {
      #expect(abs(a.x - b.x) < 1e-3 && abs(a.y - b.y) < 1e-3)
    }
  }

  @Test("a sample without 68 points is refused with its number of points")
  func missingLandmarks() throws {
    #expect {
      try makeTask().loss(
        features: Tensor.zeros([1, 64, 1, 1]), labels: [FaceLabels(landmarks: [.zero])], size: 64)
    } throws: { error in
      "\(error)".contains("1 landmarks")
    }
  }
}

struct RecognitionTaskTests {
  let faces = SquareFaces(count: 36)

  @Test("pixels that tell people apart give a better verification than chance, and training helps")
  func learns() throws {
    let generator = try Generator(seed: 2)
    let task = try RecognitionTask(
      backbone: ResNet(depth: 18, width: 8, generator: generator), dimensions: 16,
      identities: Set(0..<6), loss: .cosface, input: taskInput, generator: generator)
    let pairs = (0..<60).map { k in
      VerificationPair(
        first: k % 36, second: k.isMultiple(of: 2) ? (k + 6) % 36 : (k + 7) % 36,
        isSame: k.isMultiple(of: 2), fold: k / 6)
    }
    let split = EvaluationSplit(indices: Array(0..<36), pairs: pairs)
    let before = try #require(try task.evaluate(split, of: faces).value(of: "auc[roc]"))
    let parameters = (task.backbone.state + task.headState).filter { $0.kind == .parameter }
    let optimizer = try AdamW([
      ParameterGroup(parameters: parameters, learningRateScale: 1, weightDecay: 0)
    ])
    let batch = try LabelledCrop.batch(
      faces, indices: Array(0..<36), settings: .evaluation(size: 64), seed: 0, epoch: 0)
    for _ in 0..<60 {
      let features = try task.features(taskInput.images(batch.view), training: true)
      let loss = try task.loss(features: features, labels: batch.labels, size: 64)
      optimizer.clearGradients()
      try loss.backward()
      try optimizer.step(learningRate: 3e-3)
    }
    let after = try #require(try task.evaluate(split, of: faces).value(of: "auc[roc]"))
    #expect(after > before + 0.1 && after > 0.9, "before \(before), after \(after)")
  }

  @Test("no pairs is an error that says so")
  func noPairs() throws {
    #expect {
      try evaluateVerification([], of: faces, input: taskInput, isCentred: true) { $0 }
    } throws: { error in
      (error as? FaceTaskError)?.code == .noPairs
    }
  }

  @Test("features identical within a person and different between give 100 % and area 1")
  func perfectFeatures() throws {
    let pairs = (0..<40).map { k in
      VerificationPair(
        first: k % 18, second: k.isMultiple(of: 2) ? k % 18 + 18 : (k + 1) % 18,
        isSame: k.isMultiple(of: 2), fold: k % 10)
    }
    // Colour sums of a picture separate its person only modulo 3: pairs (k, k + 18) share all.
    let evaluation = try evaluateVerification(
      pairs, of: faces, input: taskInput, isCentred: true
    ) { images in
      try images.mean([2, 3])
    }
    #expect(evaluation.value(of: "accuracy[10-fold]") == 100)
    #expect(evaluation.value(of: "auc[roc]").map { $0 > 0.999 } == true)
  }
}
